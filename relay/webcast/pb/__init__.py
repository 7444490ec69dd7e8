"""Generated from protos/webcast.proto by `make proto`; imported by relay.webcast and relay.sim."""
