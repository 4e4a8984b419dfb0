#if defined(__x86_64__)
#include "f32_tables.h"
#include "vec_math_avx2.h"

#include <math.h>

#define V_NAME "f32-avx2-6x16"
#define V_TILE_VECTORS 2

#include "f32_gemm.h"
#include "f32_rows.h"
#include "f32_elementwise.h"
#include "f32_columns.h"
#include "f32_attention.h"
#include "f32_image.h"
#include "f32_table.h"
#endif
