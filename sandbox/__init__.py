"""A training ground: social networks emulated on this machine.

The package is a small HTTP server that speaks the wire format of a network and shows
a page where a person plays a citizen. It serves demonstrations, training and tests.
The addon never imports it and it imports nothing of the addon.

Start it from the root of the repository, so that this package is a top-level one::

    python -m sandbox --port 8079
"""
