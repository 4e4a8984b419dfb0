#pragma once
#include <stddef.h>

/// The functions that a product's epilogue can apply.
typedef enum {
  VITQ_ACTIVATION_NONE,
  VITQ_ACTIVATION_RELU,
  VITQ_ACTIVATION_GELU_ERF,
  VITQ_ACTIVATION_GELU_TANH,
  VITQ_ACTIVATION_QUICK_GELU,
  VITQ_ACTIVATION_SILU,
  VITQ_ACTIVATION_COUNT,
} vitq_activation;

/// Replaces `count` values (a tile that is still in the first-level cache) by their activation.
/// A value's result must not depend on its place. The float kernels of each instruction set have an
/// array of these, indexed by vitq_activation, with NULL for VITQ_ACTIVATION_NONE.
typedef void (*vitq_activate)(float *values, size_t count);
