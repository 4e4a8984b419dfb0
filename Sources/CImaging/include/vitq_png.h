#ifndef VITQ_PNG_H
#define VITQ_PNG_H

#include <stddef.h>
#include <stdint.h>

/// What a PNG file says of itself, and what was wrong with it.
typedef struct vitq_png {
  uint32_t width;
  uint32_t height;
  /// The library's words where a call failed.
  char message[256];
} vitq_png;

/// Decodes the `count` bytes at `bytes` into `pixels`: `png->height` x `png->width` x 3 samples, which
/// must be the size that the file's header has. Nonzero where the file is no such image.
///
/// As Pillow's `convert("RGB")`: grey is repeated, a palette looked up, alpha dropped. Of 16 bits the
/// upper 8 are taken; 16-bit grey without alpha is clipped at 255.
int vitq_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, vitq_png *png);

#endif
