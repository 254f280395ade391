"""Our QTI 3.0 packages in two real players, in a browser: what a learner gets for an answer."""
