// device.h - what the driver of executables does with a CUDA device.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_DEVICE_H
#define GRADC_DEVICE_H

#include "gradc_abi.h"

#include <stddef.h>

// Reached through gradc_device_code.api, so that only executables with device code link it.
struct gradc_device_api {
  // Makes device number `ordinal` ready to run the program. Null, with the reason in `why`, where
  // that cannot be.
  gradc_device *(*open)(const gradc_program *program, int ordinal, char *why, size_t size);
  // Calls function number `index`; `loss` is for flags STEP and STEPS, else null. Inputs and
  // outputs are the host's. Returns an error code.
  int (*call)(gradc_device *device, uint32_t index, void *self, const void *const *inputs,
              void *const *outputs, uint64_t n, float *loss);
  // After the host has changed variables: the next call takes them over.
  void (*changed)(gradc_device *device);
  // Brings the variables of the handle `self` up to date. Returns an error code.
  int (*pull)(gradc_device *device, void *self);
  // What failed, after GRADC_ERROR_DEVICE.
  const char *(*error)(const gradc_device *device);
  // "NVIDIA H100 (cuda:0)".
  const char *(*name)(const gradc_device *device);
};

#endif // GRADC_DEVICE_H
