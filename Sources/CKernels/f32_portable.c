#include "f32_tables.h"
#include "vec_math_portable.h"

#include <math.h>

#define V_NAME "f32-portable-6x8"
#define V_TILE_VECTORS 2

#include "f32_gemm.h"
#include "f32_rows.h"
#include "f32_elementwise.h"
#include "f32_columns.h"
#include "f32_attention.h"
#include "f32_image.h"
#include "f32_table.h"
