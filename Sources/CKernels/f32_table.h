// The table of one instruction set. Included last.

const vitq_f32_kernels V(vitq_f32) = {
    .name = V_NAME,
    .panel = PANEL,
    .tile_rows = TILE_ROWS,
    .gemm = V(gemm),
    .layer_norm = V(layer_norm),
    .softmax = V(softmax),
    .reduce = V(reduce),
    .reduce_columns = V(reduce_columns),
    .unary = V(unary),
    .binary = V(binary),
    .attention = V(attention),
    .channel_affine = V(channel_affine),
    .pool = V(pool),
    .depthwise = V(depthwise),
    .resample = V(resample),
    .finish = V(finish),
    .activate =
        {
            [VITQ_ACTIVATION_RELU] = V(activate_relu),
            [VITQ_ACTIVATION_GELU_ERF] = V(activate_gelu_erf),
            [VITQ_ACTIVATION_GELU_TANH] = V(activate_gelu_tanh),
            [VITQ_ACTIVATION_QUICK_GELU] = V(activate_quick_gelu),
            [VITQ_ACTIVATION_SILU] = V(activate_silu),
        },
};
