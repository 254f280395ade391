"""The loop with both calls in order: quiet, and the first rate is used."""

from torch.optim import Adam
from torch.optim.lr_scheduler import ExponentialLR

from lrcards.snippet import optimizer

opt = optimizer(lr=0.01, cls=Adam)
sched = ExponentialLR(opt, gamma=0.9)
used = []
for epoch in range(5):
    used.append(opt.param_groups[0]["lr"])
    opt.step()
    sched.step()
