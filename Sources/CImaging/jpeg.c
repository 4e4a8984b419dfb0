#include "include/vitq_jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

// libjpeg leaves by longjmp where something is wrong; no Swift frame may lie in between, so the
// whole of a decoding is here.

enum {
  /// Encoders make about ten.
  most_scans = 200,
};

/// What libjpeg may allocate: a progressive file's coefficients at the limit of pixels.
static const long memory_limit = 1L << 31;

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf leave;
  char *message;
} error_manager;

static void leave(j_common_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  char text[JMSG_LENGTH_MAX];
  manager->base.format_message(info, text);
  snprintf(manager->message, sizeof ((vitq_jpeg *)0)->message, "%s", text);
  longjmp(manager->leave, 1);
}

// Warnings are about damage that is passed over.
static void ignore(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

static void nothing(j_decompress_ptr info) { (void)info; }

// A small file can have any number of scans, each of which takes as long as the image is large.
static void count_scans(j_common_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  if (((j_decompress_ptr)info)->input_scan_number <= most_scans) return;
  snprintf(
      manager->message, sizeof ((vitq_jpeg *)0)->message, "it has more than %d scans", most_scans);
  longjmp(manager->leave, 1);
}

static boolean at_end(j_decompress_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  snprintf(manager->message, sizeof ((vitq_jpeg *)0)->message, "the file ends too early");
  longjmp(manager->leave, 1);
}

static void skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if ((size_t)count > info->src->bytes_in_buffer) at_end(info);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= (size_t)count;
}

static int run(
    const uint8_t *bytes, size_t count, uint8_t *pixels, vitq_jpeg *jpeg) {
  struct jpeg_decompress_struct info;
  error_manager errors;
  jpeg->message[0] = 0;
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.emit_message = ignore;
  errors.message = jpeg->message;
  if (setjmp(errors.leave)) {
    jpeg_destroy_decompress(&info);
    return 1;
  }
  jpeg_create_decompress(&info);
  struct jpeg_source_mgr source = {
      .next_input_byte = bytes, .bytes_in_buffer = count, .init_source = nothing,
      .fill_input_buffer = at_end, .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart, .term_source = nothing};
  info.src = &source;
  info.mem->max_memory_to_use = memory_limit;
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  info.progress = &progress;
  jpeg_read_header(&info, TRUE);
  jpeg->width = (int)info.image_width;
  jpeg->height = (int)info.image_height;
  jpeg->channels = info.num_components == 1 ? 3 : info.num_components;
  if (pixels) {
    info.out_color_space = jpeg->channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_start_decompress(&info);
    size_t stride = (size_t)info.output_width * (size_t)info.output_components;
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = pixels + info.output_scanline * stride;
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return 0;
}

int vitq_jpeg_header(const uint8_t *bytes, size_t count, vitq_jpeg *jpeg) {
  return run(bytes, count, NULL, jpeg);
}

int vitq_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, vitq_jpeg *jpeg) {
  return run(bytes, count, pixels, jpeg);
}
