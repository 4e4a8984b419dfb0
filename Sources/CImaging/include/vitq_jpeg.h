#ifndef VITQ_JPEG_H
#define VITQ_JPEG_H

#include <stddef.h>
#include <stdint.h>

/// What a JPEG file says of itself, and what was wrong with it.
typedef struct vitq_jpeg {
  int width;
  int height;
  /// Channels of the decoded pixels: 3 RGB (grey is repeated), 4 CMYK as the file has them.
  int channels;
  /// The library's words where a call failed.
  char message[256];
} vitq_jpeg;

/// Reads the header of the `count` bytes at `bytes`. Nonzero where they are no JPEG image.
int vitq_jpeg_header(const uint8_t *bytes, size_t count, vitq_jpeg *jpeg);

/// Decodes into `pixels`: height x width x channels samples as the header says. Nonzero where the file
/// ends too early or can't be decoded. Damage that the library can pass over is passed over.
int vitq_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, vitq_jpeg *jpeg);

#endif
