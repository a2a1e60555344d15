from . import (
    test_calendar,
    test_clocks,
    test_flow,
    test_ingest,
    test_outbox,
    test_presets,
)
