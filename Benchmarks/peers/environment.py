"""The virtual environment with the peers, and the models that all engines run."""

import os
import pathlib
import subprocess
import sys
import venv

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
ENVIRONMENT = ROOT / ".venv" / "benchmarks"
VITQ = ROOT / ".build" / "release" / "vitq"
# The peers choose their own kernels: what a user set for another OpenBLAS must not choose for them.
PEER_ENVIRONMENT = {
    name: value for name, value in os.environ.items()
    if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


def enter():
    """Runs the script again with the pinned packages, unless it already has them."""
    if pathlib.Path(sys.prefix) == ENVIRONMENT:
        return
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-r", BENCHMARKS / "requirements.txt"],
        check=True, stdout=sys.stderr)
    os.execve(python, [str(python), *sys.argv], PEER_ENVIRONMENT)


class Files:
    """The files of one architecture: fp32, and int8 as ONNX Runtime and as vitq quantize it."""

    def __init__(self, architecture, folder):
        self.architecture = architecture
        self.folder = folder
        self.fp32 = folder / "fp32.onnx"
        self.onnxruntime_int8 = folder / "onnxruntime-int8.onnx"
        self.vitq_int8 = folder / "vitq-int8.onnx"
        self.nncf_int8 = folder / "nncf-int8.xml"
        folder.mkdir(parents=True, exist_ok=True)

    def make(self):
        """Makes the files that are not there yet."""
        if not self.fp32.exists():
            run(VITQ, "synth", self.architecture, self.fp32, "--seed", "0")
        if not self.vitq_int8.exists():
            run(VITQ, "quantize", self.fp32, self.vitq_int8, "--op", "MatMul", "--per-channel")
        if not self.onnxruntime_int8.exists():
            from onnxruntime.quantization import quantize_dynamic

            quantize_dynamic(self.fp32, self.onnxruntime_int8, per_channel=True)
        if not self.nncf_int8.exists():
            quantize_statically(self.fp32, self.nncf_int8)


def quantize_statically(source, target):
    """NNCF's post-training quantization, on a few random images: the speed does not depend on them."""
    import nncf
    import numpy
    import openvino

    generator = numpy.random.default_rng(0)
    images = [generator.standard_normal((1, 3, 224, 224), dtype=numpy.float32) for _ in range(4)]
    model = nncf.quantize(
        openvino.Core().read_model(source), nncf.Dataset(images), subset_size=len(images),
        model_type=nncf.ModelType.TRANSFORMER)
    openvino.save_model(model, target)


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)
