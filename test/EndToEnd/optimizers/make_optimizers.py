# make_optimizers.py - writes what PyTorch's optimisers, schedules and clipping do to a small model. Needs PyTorch.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import json
import pathlib
import torch
from torch.optim import lr_scheduler as S
from model import B, STEPS, W, X, Y

DTYPES = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16}
cases = []


def warmed(optimizer, warmup, main):
    """gradc's warm-up: a LinearLR in front of `main`."""
    rise = S.LinearLR(optimizer, 1 / (warmup + 1), 1.0, warmup)
    return S.SequentialLR(optimizer, [rise, main], [warmup])


def case(name, options, make, schedule=None, norm=None, value=None, accumulate=1, dtype="f32"):
    kind = DTYPES[dtype]
    x, y = (torch.tensor(v, dtype=kind) for v in (X, Y))
    w, b, unused = (torch.nn.Parameter(torch.tensor(v, dtype=kind)) for v in (W, B, [1.0]))
    optimizer = make([w, b, unused])
    scheduler = schedule(optimizer) if schedule else None
    losses = []
    for step in range(STEPS):
        if step % accumulate == 0:
            optimizer.zero_grad()
        loss = (torch.tanh(x @ w + b) - y).pow(2).mean()
        (loss / accumulate).backward()
        losses.append(float(loss.detach()))
        if (step + 1) % accumulate:
            continue
        if value:
            torch.nn.utils.clip_grad_value_([w, b], value)
        if norm:
            torch.nn.utils.clip_grad_norm_([w, b], norm, foreach=False)
        optimizer.step()
        if scheduler:
            scheduler.step()
    cases.append({"name": name, "dtype": dtype, "options": options, "losses": losses,
                  "values": {"param/w": w.flatten().tolist(), "param/b": b.flatten().tolist(),
                             "param/unused": unused.flatten().tolist(), "grad/param/w": w.grad.flatten().tolist()}})


O = torch.optim
SLOW = {"foreach": False}
case("sgd", "--optimizer=sgd:lr=0.5", lambda p: O.SGD(p, 0.5, **SLOW))
case("sgd momentum", "--optimizer=sgd:lr=0.1,momentum=0.9", lambda p: O.SGD(p, 0.1, 0.9, **SLOW))
case("sgd dampening", "--optimizer=sgd:lr=0.3,momentum=0.8,dampening=0.5,weight_decay=0.01",
     lambda p: O.SGD(p, 0.3, 0.8, 0.5, 0.01, **SLOW))
case("sgd nesterov", "--optimizer=sgd:lr=0.1,momentum=0.9,nesterov=true,weight_decay=0.02",
     lambda p: O.SGD(p, 0.1, 0.9, 0, 0.02, True, **SLOW))
case("sgd maximize", "--optimizer=sgd:lr=0.05,maximize=1", lambda p: O.SGD(p, 0.05, maximize=True, **SLOW))
for dtype in ("f32", "f64"):
    case(f"adam {dtype}", "--optimizer=adam:lr=0.05", lambda p: O.Adam(p, 0.05, **SLOW), dtype=dtype)
case("adam options", "--optimizer=adam:lr=0.05,beta1=0.4,beta2=0.95,eps=1e-4,weight_decay=0.1,amsgrad=1",
     lambda p: O.Adam(p, 0.05, (0.4, 0.95), 1e-4, 0.1, True, **SLOW))
case("adam maximize", "--optimizer=adam:lr=0.01,maximize=true", lambda p: O.Adam(p, 0.01, maximize=True, **SLOW), dtype="f64")
case("adamw", "--optimizer=adamw:lr=0.05", lambda p: O.AdamW(p, 0.05, **SLOW))
case("adamw options", "--optimizer=adamw:lr=0.05,weight_decay=0.3,amsgrad=true",
     lambda p: O.AdamW(p, 0.05, weight_decay=0.3, amsgrad=True, **SLOW), dtype="f64")
case("rmsprop", "--optimizer=rmsprop:lr=0.02", lambda p: O.RMSprop(p, 0.02, **SLOW))
case("rmsprop options", "--optimizer=rmsprop:lr=0.01,alpha=0.9,eps=1e-5,momentum=0.7,centered=1,weight_decay=0.01",
     lambda p: O.RMSprop(p, 0.01, 0.9, 1e-5, 0.01, 0.7, True, **SLOW))
case("rmsprop momentum", "--optimizer=rmsprop:momentum=0.5", lambda p: O.RMSprop(p, momentum=0.5, **SLOW))
case("adagrad", "--optimizer=adagrad:lr=0.1", lambda p: O.Adagrad(p, 0.1, **SLOW))
case("adagrad options", "--optimizer=adagrad:lr=0.2,lr_decay=0.1,initial_accumulator_value=0.25,eps=1e-6,weight_decay=0.01",
     lambda p: O.Adagrad(p, 0.2, 0.1, 0.01, 0.25, 1e-6, **SLOW), dtype="f64")


def scheduled(name, options, schedule, lr=0.5):
    case(name, f"--optimizer=sgd:lr={lr} --schedule={options}", lambda p: O.SGD(p, lr, **SLOW), schedule)


scheduled("constant warm-up", "constant:warmup=5", lambda o: S.LinearLR(o, 1 / 6, 1.0, 5))
scheduled("step", "step:size=4,gamma=0.5", lambda o: S.StepLR(o, 4, 0.5))
scheduled("step warm-up", "step:size=3,warmup=4", lambda o: warmed(o, 4, S.StepLR(o, 3)))
scheduled("multistep", "multistep:milestones=3;7;15,gamma=0.3", lambda o: S.MultiStepLR(o, [3, 7, 15], 0.3))
scheduled("exponential", "exponential:gamma=0.8", lambda o: S.ExponentialLR(o, 0.8))
scheduled("cosine", "cosine:steps=18,min=0.01", lambda o: S.CosineAnnealingLR(o, 18, 0.01))
scheduled("cosine warm-up", "cosine:steps=20,warmup=6,min=0.1", lambda o: warmed(o, 6, S.CosineAnnealingLR(o, 14, 0.1)))
scheduled("linear", "linear:steps=10", lambda o: S.LinearLR(o, 1 / 3, 1.0, 10))
scheduled("linear down", "linear:steps=15,start=1,end=0.1", lambda o: S.LinearLR(o, 1.0, 0.1, 15))
scheduled("polynomial", "polynomial:steps=15,power=2", lambda o: S.PolynomialLR(o, 15, 2.0))
cycle = {"max_lr": 0.5, "total_steps": STEPS + 1, "cycle_momentum": False}
still = "cycle_momentum=false"
scheduled("onecycle", f"onecycle:steps={STEPS + 1},{still}", lambda o: S.OneCycleLR(o, **cycle))
scheduled("onecycle options", f"onecycle:steps={STEPS + 1},max=0.75,pct_start=0.35,div=10,final_div=100,linear=1,three_phase=true,{still}",
          lambda o: S.OneCycleLR(o, **{**cycle, "max_lr": 0.75}, pct_start=0.35, div_factor=10, final_div_factor=100,
                                 anneal_strategy="linear", three_phase=True))

TURNS = {"max_lr": 0.1, "total_steps": STEPS + 1}
turns = f"--schedule=onecycle:steps={STEPS + 1},max=0.1"
case("onecycle momentum", f"--optimizer=sgd:lr=0.1,momentum=0.9 {turns}", lambda p: O.SGD(p, 0.1, 0.9, **SLOW),
     lambda o: S.OneCycleLR(o, **TURNS))
case("onecycle momentum from none", f"--optimizer=sgd:lr=0.1 {turns}", lambda p: O.SGD(p, 0.1, **SLOW),
     lambda o: S.OneCycleLR(o, **TURNS))
case("onecycle nesterov", f"--optimizer=sgd:lr=0.1,momentum=0.9,nesterov=true {turns},three_phase=true,base_momentum=0.4,max_momentum=0.8",
     lambda p: O.SGD(p, 0.1, 0.9, nesterov=True, **SLOW),
     lambda o: S.OneCycleLR(o, **TURNS, three_phase=True, base_momentum=0.4, max_momentum=0.8))
case("onecycle adam", f"--optimizer=adam:lr=0.1 {turns}", lambda p: O.Adam(p, 0.1, **SLOW), lambda o: S.OneCycleLR(o, **TURNS))
case("onecycle adam, across a half", f"--optimizer=adamw:lr=0.1 {turns},linear=true,base_momentum=0.2,max_momentum=0.9",
     lambda p: O.AdamW(p, 0.1, **SLOW),
     lambda o: S.OneCycleLR(o, **TURNS, anneal_strategy="linear", base_momentum=0.2, max_momentum=0.9), dtype="f64")
case("onecycle rmsprop", f"--optimizer=rmsprop:lr=0.1 {turns}", lambda p: O.RMSprop(p, 0.1, **SLOW),
     lambda o: S.OneCycleLR(o, **TURNS))

case("clip norm", "--optimizer=sgd:lr=0.5 --clip-norm=0.1", lambda p: O.SGD(p, 0.5, **SLOW), norm=0.1)
case("clip norm, large", "--optimizer=sgd:lr=0.5 --clip-norm=100", lambda p: O.SGD(p, 0.5, **SLOW), norm=100, dtype="f64")
case("clip value", "--optimizer=adam:lr=0.05 --clip-value=0.03", lambda p: O.Adam(p, 0.05, **SLOW), value=0.03)
case("accumulate", "--optimizer=adam:lr=0.05 --accumulate=4", lambda p: O.Adam(p, 0.05, **SLOW), accumulate=4)
case("all", "--optimizer=adamw:lr=0.1 --accumulate=3 --clip-norm=0.2 --clip-value=0.1 --schedule=cosine:steps=8,warmup=2",
     lambda p: O.AdamW(p, 0.1, **SLOW), lambda o: warmed(o, 2, S.CosineAnnealingLR(o, 6)), 0.2, 0.1, 3)

# Parameters, states and gradients of 16 bits; each op of an update is computed in f32 and rounded once.
for dtype in ("f16", "bf16"):
    def short(name, options, make, **more):
        case(f"{name} {dtype}", f"--optimizer={options}", make, dtype=dtype, **more)
    short("sgd", "sgd:lr=0.5", lambda p: O.SGD(p, 0.5, **SLOW))
    short("sgd momentum", "sgd:lr=0.1,momentum=0.9,weight_decay=0.02", lambda p: O.SGD(p, 0.1, 0.9, 0, 0.02, **SLOW))
    short("adam", "adam:lr=0.05,eps=1e-3", lambda p: O.Adam(p, 0.05, eps=1e-3, **SLOW))
    short("adamw", "adamw:lr=0.05,eps=1e-3", lambda p: O.AdamW(p, 0.05, eps=1e-3, **SLOW))
    short("rmsprop", "rmsprop:lr=0.02,eps=1e-3", lambda p: O.RMSprop(p, 0.02, eps=1e-3, **SLOW))
    short("adagrad", "adagrad:lr=0.1,eps=1e-3", lambda p: O.Adagrad(p, 0.1, eps=1e-3, **SLOW))
    short("clip norm", "sgd:lr=0.5 --clip-norm=0.1", lambda p: O.SGD(p, 0.5, **SLOW), norm=0.1)

path = pathlib.Path(__file__).parent / "optimizers.json"
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "]\n")
