"""PyTorch's side of `bn-lab bench`: reads requests from standard input, answers on standard output, one JSON a line.

{"request": "info"}
    -> {"torch", "python", "device", "gpu", "tf32", "threads", "cases": {name: {"batch", "layouts", "modes"}}}
{"request": "time", "case": "vgg16-bn-b128", "steps": 3, "layout": "channels_last", "mode": "eager"}
    -> {"case", "layout", "mode", "steps", "seconds" (per step), "loss" (of the last step)}
A request that fails is answered with {"error"} and the next one is read.

A step is forward, backward and update on one batch that is there already. The first request of a case builds the
network and makes warm-up steps that are not timed; later ones go on training it.
"""

import argparse
import json
import math
import os
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import Callable

import torch
from torch import nn

WARM_UP = 3  # also what CUDA graphs ask for before a capture
MEMORY_FORMATS = {"channels_first": torch.contiguous_format, "channels_last": torch.channels_last}

VGG11 = "64 M 128 M 256 256 M 512 512 M 512 512 M"
VGG16 = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M"


def vgg_bn(architecture, width, head):
    """VGG as torchvision builds it, for 32x32 images: normalised convolutions, plain head."""
    layers, channels = [], 3
    for item in architecture.split():
        if item == "M":
            layers.append(nn.MaxPool2d(2))
            continue
        out = round(int(item) * width)
        convolution = nn.Conv2d(channels, out, 3, padding=1, bias=False)
        layers += [convolution, nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
        channels = out
    hidden = round(head * width)
    layers += [nn.Flatten(), nn.Linear(channels, hidden), nn.ReLU(inplace=True)]
    layers += [nn.Linear(hidden, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, 10)]
    return nn.Sequential(*layers)


class LpNorm(nn.Module):
    """The paper's lp normalisation (section 3.3) of [samples, size], as in tests/fixtures/make_deep_linear.py."""

    NORMS = {
        "l1": lambda y: y.abs().mean(0),
        "l2": lambda y: y.square().mean(0).sqrt(),
        "linf": lambda y: y.abs().amax(0),
    }

    def __init__(self, name, size):
        super().__init__()
        self.norm = self.NORMS[name]
        self.gamma = nn.Parameter(torch.ones(size))
        self.beta = nn.Parameter(torch.zeros(size))

    def forward(self, y):
        return (y - y.mean(0)) / (self.norm(y) + 1e-5) * self.gamma + self.beta


def deep_linear(normalisation, depth=25, size=10):
    """The paper's deep linear network (A.1), with a normalisation after every layer."""
    layers = []
    for _ in range(depth):
        layers.append(nn.Linear(size, size, bias=False))
        if normalisation == "batch":
            layers.append(nn.BatchNorm1d(size))
        elif normalisation != "none":
            layers.append(LpNorm(normalisation, size))
    return nn.Sequential(*layers)


def deep_linear_case(normalisation):
    model = partial(deep_linear, normalisation)
    return Case(1000, model, linear_regression, half_sum_of_squares, 1e-6, ("channels_first",))


def images_and_labels(batch):
    return torch.randn(batch, 3, 32, 32), torch.randint(10, (batch,))


def linear_regression(batch, size=10):
    x = torch.randn(batch, size)
    return x, x @ torch.randn(size, size)


def half_sum_of_squares(y, target):
    return (y - target).square().sum() / 2


@dataclass
class Case:
    batch: int
    model: Callable
    data: Callable = images_and_labels
    loss: Callable = nn.functional.cross_entropy
    learning_rate: float = 0.1
    layouts: tuple = ("channels_first", "channels_last")


CASES = {
    "vgg16-bn-b128": Case(128, lambda: vgg_bn(VGG16, 1, 512)),
    "vgg16-bn-b128-head4096": Case(128, lambda: vgg_bn(VGG16, 1, 4096)),
    "vgg11-bn-eighth-b64": Case(64, lambda: vgg_bn(VGG11, 1 / 8, 512)),
    **{f"deep-linear-{name}": deep_linear_case(name) for name in ("none", "batch", "l1", "l2", "linf")},
}


def training_step(case, layout, device):
    """A function that makes one step and returns the loss, still on the device."""
    torch.manual_seed(0)
    memory_format = MEMORY_FORMATS[layout]
    model = case.model().to(device, memory_format=memory_format).train()
    x, target = (tensor.to(device) for tensor in case.data(case.batch))
    x = x.contiguous(memory_format=memory_format)
    optimizer = torch.optim.SGD(model.parameters(), lr=case.learning_rate)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = case.loss(model(x), target)
        loss.backward()
        optimizer.step()
        return loss

    return step


def warmed_up(step, mode):
    """The step after its warm-up; in mode graph, as the replay of a captured CUDA graph."""
    if mode == "eager":
        for _ in range(WARM_UP):
            step()
        return step
    # As PyTorch's notes on CUDA graphs ask for: warm up on a side stream, then capture.
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()

    def replay():
        graph.replay()
        return loss

    # The graph knows model, images and labels by their addresses alone: without this they are freed and overwritten.
    replay.captured = step
    return replay


def modes(device):
    return ("eager", "graph") if device.type == "cuda" else ("eager",)


def info(device):
    gpu = device.type == "cuda"
    return {
        "torch": torch.__version__,
        "python": sys.version.split()[0],
        "device": torch.cuda.get_device_name(device) if gpu else "cpu",
        "gpu": gpu,
        "tf32": gpu and os.environ.get("NVIDIA_TF32_OVERRIDE") != "0",
        "threads": torch.get_num_threads(),
        "cases": {
            name: {"batch": case.batch, "layouts": case.layouts, "modes": modes(device)}
            for name, case in CASES.items()
        },
    }


def choose(request, key, known, default=None):
    """The request's value of a key, refused if it is not one of those known."""
    value = request.get(key, default)
    if value not in known:
        raise ValueError(f"{key} {value!r} is not one of {', '.join(known)}")
    return value


def timed(request, device, steps_made):
    """Times the steps of a request; `steps_made` keeps what was built for earlier ones."""
    name = choose(request, "case", CASES)
    case = CASES[name]
    layout = choose(request, "layout", case.layouts, "channels_first")
    mode = choose(request, "mode", modes(device), "eager")
    count = request.get("steps", 1)
    if not isinstance(count, int) or count < 1:
        raise ValueError(f"steps must be a whole number from 1 on, not {count!r}")
    key = name, layout, mode
    if key not in steps_made:
        steps_made[key] = warmed_up(training_step(case, layout, device), mode)
    step = steps_made[key]

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(count):
        loss = step()
    loss = loss.item()  # waits for the device
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    seconds = (time.perf_counter() - start) / count
    # JSON has no word for a loss that is not finite.
    loss = loss if math.isfinite(loss) else None
    return {"case": name, "layout": layout, "mode": mode, "steps": count, "seconds": seconds, "loss": loss}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, help="CPU threads; PyTorch's choice if left out")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cuda where there is a GPU if left out")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    # What a user who wants speed turns on.
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True

    steps_made = {}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            kind = choose(request, "request", ("info", "time"))
            answer = info(device) if kind == "info" else timed(request, device, steps_made)
        except Exception as error:  # whatever it is, the next request may work
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
