"""ReduceLROnPlateau looks at a number that it is given; the others only count steps."""

from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    ReduceLROnPlateau,
    StepLR,
)

from lrcards.snippet import optimizer, trace

opt = optimizer(lr=0.1)
sched = ReduceLROnPlateau(opt, factor=0.1, patience=2)
lr = [opt.param_groups[0]["lr"]]
for loss in [1.0, 1.0, 1.0, 1.0, 1.0]:
    opt.step()
    sched.step(loss)
    lr.append(opt.param_groups[0]["lr"])

opt = optimizer(lr=0.1)
step = trace(opt, StepLR(opt, step_size=2, gamma=0.5), 8)
opt = optimizer(lr=0.1)
exponential = trace(opt, ExponentialLR(opt, gamma=0.9), 8)
opt = optimizer(lr=0.1)
cosine = trace(opt, CosineAnnealingLR(opt, T_max=8), 8)
