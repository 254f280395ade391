"""What a scheduler touches: only the rate differs before and after its step."""

from torch.optim.lr_scheduler import StepLR

from lrcards.snippet import optimizer

opt = optimizer(lr=0.1, momentum=0.9)
sched = StepLR(opt, step_size=1, gamma=0.5)


def settings():
    return {key: value for key, value in opt.param_groups[0].items() if key != "params"}


opt.step()
before = settings()
sched.step()
after = settings()
changed = [key for key in before if before[key] != after[key]]
