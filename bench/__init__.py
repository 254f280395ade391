"""Measures the snippet runner against what it competes with: `python -m bench`, Linux only."""
