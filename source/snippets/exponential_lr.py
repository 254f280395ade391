"""ExponentialLR: the rate is multiplied by gamma at every step."""

from torch.optim.lr_scheduler import ExponentialLR

from lrcards.snippet import optimizer, trace

gamma = 0.9
steps = 10

opt = optimizer(lr=0.1)
lr = trace(opt, ExponentialLR(opt, gamma=gamma), steps)
