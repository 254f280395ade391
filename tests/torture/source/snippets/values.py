from torch.optim.lr_scheduler import StepLR

from lrcards.snippet import optimizer, trace

step_size = 2
gamma = 0.5
opt = optimizer(lr=0.1)
lr = trace(opt, StepLR(opt, step_size=step_size, gamma=gamma), 8)
tiny = lr[0] / 10_000
large = 1_000_000
zero = lr[0] - lr[1]
below = -lr[2]
count = len(lr)
