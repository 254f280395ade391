"""A loop that forgets optimizer.step(): torch warns once, and the first rate is lost."""

from torch.optim import Adam
from torch.optim.lr_scheduler import ExponentialLR

from lrcards.snippet import optimizer

base_lr = 0.01
gamma = 0.9

opt = optimizer(lr=base_lr, cls=Adam)
sched = ExponentialLR(opt, gamma=gamma)
printed = []
for epoch in range(5):
    sched.step()
    printed.append(opt.param_groups[0]["lr"])
