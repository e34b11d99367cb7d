# What the scripts of this repository share: they install what is missing and say what they cannot. Sourced, not run.

# need COMMAND:PACKAGE ...   has each command, installing its Debian package if it is missing
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  if ! command -v apt-get >/dev/null || { [ ${#sudo[@]} -gt 0 ] && ! command -v sudo >/dev/null; }; then
    echo "missing: ${missing[*]} (names of Debian packages); install them and try again" >&2
    exit 1
  fi
  echo "installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# A C compiler (for aws-lc) and a Rust toolchain.
need_rust() {
  need cc:gcc make:make
  [ -e /usr/include/stdio.h ] || need no-such-command:libc6-dev
  if ! command -v cargo >/dev/null; then
    echo "missing: a Rust toolchain, 1.95 or newer; https://rustup.rs installs one" >&2
    exit 1
  fi
}

# Where cargo puts what it builds.
target_folder() {
  cargo metadata --format-version 1 --no-deps --locked | sed -E 's/.*"target_directory":"([^"]*)".*/\1/'
}

# python_with REQUIREMENTS   prints a Python that has them, made once a version of the file
python_with() {
  local key folder
  key="$(sha256sum "$1" | cut -c1-12)"
  folder="${XDG_CACHE_HOME:-$HOME/.cache}/ravelin-python/$key"
  if [ ! -e "$folder/.done" ]; then
    python3 -m venv "$folder" >&2 2>/dev/null || { need no-such-command:python3-venv; python3 -m venv "$folder" >&2; }
    "$folder/bin/pip" install -q --disable-pip-version-check -r "$1" >&2
    touch "$folder/.done"
  fi
  echo "$folder/bin/python"
}
