#pragma once

#include "onnx.pb-c.h"

// Swift imports a C constant by value; protobuf-c tells message types apart by these addresses.
static inline const ProtobufCMessageDescriptor *vitq_model_descriptor(void) {
  return &onnx__model_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *vitq_tensor_descriptor(void) {
  return &onnx__tensor_proto__descriptor;
}

// A buffer of protobuf-c's that passes what is appended on to `context`.
typedef struct {
  ProtobufCBuffer base;
  void *context;
} VitqBuffer;
