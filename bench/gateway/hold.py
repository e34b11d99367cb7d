"""Answers every request with the first event of a watch, and then says nothing more."""

import asyncio
import contextlib
import sys

EVENT = b'{"type":"ADDED","object":{"kind":"Thing","apiVersion":"bench.example.com/v1","metadata":{"name":"one"}}}\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"%x\r\n%b\r\n" % (len(EVENT), EVENT))
        await reader.read()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[1]), backlog=8192)
    await server.serve_forever()


asyncio.run(main())
