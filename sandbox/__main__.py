"""Start the training ground: `python -m sandbox --port 8079`."""

import argparse
import signal
import threading

from .server import SandboxServer


def main():
    """Parse the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8079, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--empty", action="store_true", help="no posts and messages")
    parser.add_argument("--state", metavar="FILE", help="keep the world in a file")
    options = parser.parse_args()
    try:
        server = SandboxServer(
            options.port,
            options.host,
            seed=not options.empty,
            state_path=options.state,
        )
    except ValueError as error:
        parser.error(f"{options.state} holds no saved world: {error}")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    server.start()
    print(f"Sandbox: {server.url}", flush=True)
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
