"""The same start, two shapes of decay: a staircase and a smooth curve."""

from torch.optim.lr_scheduler import ExponentialLR, StepLR

from lrcards.snippet import optimizer, trace

opt = optimizer(lr=0.1)
staircase = trace(opt, StepLR(opt, step_size=5, gamma=0.5), 20)

opt = optimizer(lr=0.1)
smooth = trace(opt, ExponentialLR(opt, gamma=0.9), 20)
