"""Halve every 5 epochs for 20 epochs, then decay by 0.9: as first written, and repaired."""

from torch.optim.lr_scheduler import ExponentialLR, MultiplicativeLR, SequentialLR, StepLR

from lrcards.snippet import optimizer, trace

gamma = 0.9
milestone = 20

opt = optimizer(lr=0.1)
parts = [StepLR(opt, step_size=5, gamma=0.5), ExponentialLR(opt, gamma=gamma)]
lr = trace(opt, SequentialLR(opt, parts, milestones=[milestone]), 25)

opt = optimizer(lr=0.1)
parts = [StepLR(opt, step_size=5, gamma=0.5), MultiplicativeLR(opt, lambda epoch: gamma)]
repaired = trace(opt, SequentialLR(opt, parts, milestones=[milestone]), 25)

opt = optimizer(lr=0.1)
staircase = trace(opt, StepLR(opt, step_size=5, gamma=0.5), 25)
