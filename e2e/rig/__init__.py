"""What the end-to-end tests are built from: processes, the control plane, gateways, people and the wire."""
