#include "include/vitq_png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// libpng leaves by longjmp where something is wrong; no Swift frame may lie in between, so the
// whole of a decoding is here.

typedef struct {
  const uint8_t *bytes;
  size_t left;
} input;

static void leave(png_structp reader, png_const_charp text) {
  vitq_png *png = png_get_error_ptr(reader);
  snprintf(png->message, sizeof png->message, "%s", text);
  png_longjmp(reader, 1);
}

// Warnings are about damage that is passed over.
static void ignore(png_structp reader, png_const_charp text) {
  (void)reader;
  (void)text;
}

static void read_bytes(png_structp reader, png_bytep target, size_t count) {
  input *source = png_get_io_ptr(reader);
  if (count > source->left) png_error(reader, "the file ends too early");
  memcpy(target, source->bytes, count);
  source->bytes += count;
  source->left -= count;
}

// Leaves three 8-bit samples a pixel, or one of 16 bits where the image is grey; nonzero if so.
static int set_transforms(png_structp reader, png_infop info) {
  int colour = png_get_color_type(reader, info);
  int is_deep = png_get_bit_depth(reader, info) == 16;
  if (is_deep && colour == PNG_COLOR_TYPE_GRAY) return 1;
  if (is_deep) png_set_strip_16(reader);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(reader);
  if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(reader);
  if (!(colour & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(reader);
  if (colour & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(reader);
  return 0;
}

// From the last pixel to the first, since two bytes become three in place.
static void clip_grey(uint8_t *row, size_t width) {
  for (size_t pixel = width; pixel-- > 0;) {
    uint8_t value = row[2 * pixel] ? 255 : row[2 * pixel + 1];
    memset(row + 3 * pixel, value, 3);
  }
}

static void decode(
    png_structp reader, png_infop info, png_bytepp rows, uint8_t *pixels, const vitq_png *png) {
  png_read_info(reader, info);
  if (png_get_image_width(reader, info) != png->width ||
      png_get_image_height(reader, info) != png->height)
    png_error(reader, "the header has another size");
  int is_deep_grey = set_transforms(reader, info);
  png_set_interlace_handling(reader);
  png_read_update_info(reader, info);
  size_t stride = (size_t)png->width * 3;
  if (png_get_rowbytes(reader, info) > stride) png_error(reader, "the rows are too long");
  for (size_t row = 0; row < png->height; row++) rows[row] = pixels + row * stride;
  png_read_image(reader, rows);
  png_read_end(reader, NULL);
  for (size_t row = 0; is_deep_grey && row < png->height; row++) clip_grey(rows[row], png->width);
}

int vitq_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, vitq_png *png) {
  snprintf(png->message, sizeof png->message, "out of memory");
  input source = {bytes, count};
  png_structp reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, png, leave, ignore);
  if (!reader) return 1;
  png_infop info = png_create_info_struct(reader);
  png_bytepp rows = malloc(png->height * sizeof *rows);
  // volatile: it is read after a longjmp.
  volatile int is_sound = 0;
  if (info && rows && !setjmp(png_jmpbuf(reader))) {
    png_set_read_fn(reader, &source, read_bytes);
    decode(reader, info, rows, pixels, png);
    is_sound = 1;
  }
  free(rows);
  png_destroy_read_struct(&reader, &info, NULL);
  return !is_sound;
}
