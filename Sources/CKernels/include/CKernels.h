#pragma once

#include "vitq_copy.h"
#include "vitq_cpu.h"
#include "vitq_elements.h"
#include "vitq_epilogue.h"
#include "vitq_f32.h"
#include "vitq_index.h"
#include "vitq_int8.h"
#include "vitq_peak.h"
#include "vitq_pool.h"
#include "vitq_sequence.h"
