"""Checks what vitq wrote against what it read: ONNX's checker, the messages, ONNX Runtime's results.

    VITQ_INTEROP_DIR=written swift test -c release --filter RoundTripTests
    python Tests/interop/check_roundtrip.py written

Needs onnx, onnxruntime and numpy. Exits 1 where a file differs.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
DTYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16,
    "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_,
}


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def feeds(model_session):
    """Seeded inputs; a dimension with a name is 2."""
    random = np.random.default_rng(0)
    result = {}
    for argument in model_session.get_inputs():
        shape = [size if isinstance(size, int) else 2 for size in argument.shape]
        result[argument.name] = (3 * random.standard_normal(shape)).astype(DTYPES[argument.type])
    return result


def runs(path):
    """The outputs; None where ONNX Runtime can't run the original, or not on such inputs."""
    try:
        model_session = session(path)
        return model_session.run(None, feeds(model_session))
    except Exception:
        return None


def same(left, right):
    return np.array_equal(left, right, equal_nan=np.asarray(left).dtype.kind == "f")


def without_saying_nothing(message):
    """Clears empty texts and default data locations: to the format they are as good as absent."""
    for field, content in message.ListFields():
        if field.message_type:
            for inner in content if field.is_repeated else [content]:
                without_saying_nothing(inner)
        elif content == "" or (field.name == "data_location" and content == 0):
            message.ClearField(field.name)
    return message


def faults(original, written):
    before, after = onnx.load(original), onnx.load(written)
    if without_saying_nothing(before) != without_saying_nothing(after):
        yield "the messages differ"
    try:
        onnx.checker.check_model(before)
    except onnx.checker.ValidationError:
        return
    try:
        onnx.checker.check_model(after)
    except onnx.checker.ValidationError as error:
        yield f"ONNX's checker: {error}"


def main(folder):
    failed = ran = 0
    paths = sorted(folder.rglob("*.onnx"))
    for written in paths:
        name = written.relative_to(folder)
        found = list(faults(ROOT / name, written))
        expected = runs(ROOT / name)
        if expected is not None:
            ran += 1
            actual = runs(written)
            if actual is None or not all(map(same, expected, actual)):
                found.append("ONNX Runtime gives another result")
        for fault in found:
            print(f"{name}: {fault}")
        failed += bool(found)
    print(f"{len(paths)} files, {ran} of them run, {failed} differ")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
