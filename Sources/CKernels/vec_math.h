// Elementary functions on whole vectors, written once for every instruction set.
//
// A vec_math_<set>.h defines V, V_FN, the vector type and the primitives, then includes this file,
// which defines V(vitq_exp) and so on. The coefficients are minimax fits (Lawson's iteration, in
// double) over the ranges given; the errors are against double precision, over all exponents, and
// tested.

/// e^x. At most 2 ulp; overflows to infinity and underflows gradually to 0 as the true value does.
V_FN V(vitq_vf) V(vitq_exp)(V(vitq_vf) x) {
  // e^x = 2^n e^r with |r| <= log(2) / 2; log(2) in two parts, the first short enough for n times
  // it to be exact.
  x = V(vitq_min)(V(vitq_set1)(89.0f), x);
  x = V(vitq_max)(V(vitq_set1)(-104.0f), x);
  const V(vitq_vf) n = V(vitq_rint)(x * V(vitq_set1)(1.44269504f));
  V(vitq_vf) r = V(vitq_fnma)(n, V(vitq_set1)(0.693359375f), x);
  r = V(vitq_fma)(n, V(vitq_set1)(2.12194440e-4f), r);
  V(vitq_vf) p = V(vitq_set1)(0.0013814433477818966f);
  p = V(vitq_fma)(p, r, V(vitq_set1)(0.008368796668946743f));
  p = V(vitq_fma)(p, r, V(vitq_set1)(0.041668396443128586f));
  p = V(vitq_fma)(p, r, V(vitq_set1)(0.1666651964187622f));
  p = V(vitq_fma)(p, r, V(vitq_set1)(0.4999999403953552f));
  p = V(vitq_fma)(p, r * r, r) + V(vitq_set1)(1.0f);
  return V(vitq_scale2)(p, n);
}

/// The error function. At most 7 ulp; exactly 1 or -1 beyond 3.92, where float's neighbours are
/// farther away.
V_FN V(vitq_vf) V(vitq_erf)(V(vitq_vf) x) {
  // x P(x^2) / Q(x^2) on [0, 3.92].
  const V(vitq_vf) one = V(vitq_set1)(1.0f);
  const V(vitq_vf) limit = V(vitq_set1)(3.92f);
  const V(vitq_vf) magnitude = V(vitq_abs)(x);
  const V(vitq_vf) a = V(vitq_min)(limit, magnitude);
  const V(vitq_vf) t = a * a;
  V(vitq_vf) p = V(vitq_set1)(2.0500272077688562e-06f);
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.00028487551026046276f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.0037655376363545656f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.05274847894906998f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.19040535390377045f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(1.1283791065216064f));
  V(vitq_vf) q = V(vitq_set1)(3.809071131399833e-05f);
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.0011625058250501752f));
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.014969069510698318f));
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.11410856246948242f));
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.5020750761032104f));
  q = V(vitq_fma)(q, t, one);
  const V(vitq_vf) y = V(vitq_min)(one, a * p / q);
  return V(vitq_copysign)(V(vitq_select)(V(vitq_less)(limit, magnitude), one, y), x);
}

/// The hyperbolic tangent. At most 7 ulp; exactly 1 or -1 beyond 9.02, where float's neighbours are
/// farther away.
V_FN V(vitq_vf) V(vitq_tanh)(V(vitq_vf) x) {
  // x P(x^2) / Q(x^2) on [0, 9.02].
  const V(vitq_vf) one = V(vitq_set1)(1.0f);
  const V(vitq_vf) limit = V(vitq_set1)(9.02f);
  const V(vitq_vf) magnitude = V(vitq_abs)(x);
  const V(vitq_vf) a = V(vitq_min)(limit, magnitude);
  const V(vitq_vf) t = a * a;
  V(vitq_vf) p = V(vitq_set1)(-1.2203672968003065e-11f);
  p = V(vitq_fma)(p, t, V(vitq_set1)(3.058535824607134e-08f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(2.8007618311676197e-05f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.003868336323648691f));
  p = V(vitq_fma)(p, t, V(vitq_set1)(0.13679921627044678f));
  p = V(vitq_fma)(p, t, one);
  V(vitq_vf) q = V(vitq_set1)(1.287377017433755e-06f);
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.0003938645531889051f));
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.027245869860053062f));
  q = V(vitq_fma)(q, t, V(vitq_set1)(0.4701325297355652f));
  q = V(vitq_fma)(q, t, one);
  const V(vitq_vf) y = V(vitq_min)(one, a * p / q);
  return V(vitq_copysign)(V(vitq_select)(V(vitq_less)(limit, magnitude), one, y), x);
}

/// 1 / (1 + e^-x). At most 4 ulp.
V_FN V(vitq_vf) V(vitq_sigmoid)(V(vitq_vf) x) {
  // As e^x / (1 + e^x) below 0, where e^-x would overflow before the result underflows.
  const V(vitq_vf) one = V(vitq_set1)(1.0f);
  const V(vitq_vf) e = V(vitq_exp)(-V(vitq_abs)(x));
  return V(vitq_select)(V(vitq_less)(x, V(vitq_set1)(0)), e, one) / (one + e);
}

/// x / 2 (1 + erf(x / sqrt 2)): Gelu with approximate = none.
V_FN V(vitq_vf) V(vitq_gelu_erf)(V(vitq_vf) x) {
  const V(vitq_vf) half = x * V(vitq_set1)(0.5f);
  return V(vitq_fma)(half, V(vitq_erf)(x * V(vitq_set1)(0.70710678f)), half);
}

/// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): Gelu with approximate = tanh.
V_FN V(vitq_vf) V(vitq_gelu_tanh)(V(vitq_vf) x) {
  const V(vitq_vf) half = x * V(vitq_set1)(0.5f);
  const V(vitq_vf) cubic = V(vitq_fma)(x * x, V(vitq_set1)(0.044715f), V(vitq_set1)(1.0f));
  return V(vitq_fma)(half, V(vitq_tanh)(x * cubic * V(vitq_set1)(0.79788456f)), half);
}

/// x sigmoid(x): Swish with alpha = 1.
V_FN V(vitq_vf) V(vitq_silu)(V(vitq_vf) x) { return x * V(vitq_sigmoid)(x); }

/// x sigmoid(1.702 x): Swish with alpha = 1.702, which approximates Gelu.
V_FN V(vitq_vf) V(vitq_quick_gelu)(V(vitq_vf) x) {
  return x * V(vitq_sigmoid)(x * V(vitq_set1)(1.702f));
}

/// max(x, 0); NaN stays.
V_FN V(vitq_vf) V(vitq_relu)(V(vitq_vf) x) { return V(vitq_max)(V(vitq_set1)(0.0f), x); }
