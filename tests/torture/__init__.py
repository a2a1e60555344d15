"""The trial of endurance in full, run by ``script/test torture`` alone."""
