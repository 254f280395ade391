"""StepLR: the rate drops by the factor gamma after every step_size steps."""

from torch.optim.lr_scheduler import StepLR

from lrcards.snippet import optimizer, trace

step_size = 30
gamma = 0.1
steps = 100

opt = optimizer(lr=0.1)
lr = trace(opt, StepLR(opt, step_size=step_size, gamma=gamma), steps)
