"""Answers to try, and what each target's own rule makes of them, from the written files alone."""
