"""lrcards compiles Markdown lessons into decks, quizzes and pages whose numbers are checked."""

__version__ = "0.1.0"
