#!/bin/sh
# Writes the C code of onnx.proto: onnx.pb-c.c here, onnx.pb-c.h under include.
# Needs protoc-c (Debian: protobuf-c-compiler).
set -eu
cd "$(dirname "$0")"
protoc-c --c_out=. onnx.proto
mv onnx.pb-c.h include/onnx.pb-c.h
