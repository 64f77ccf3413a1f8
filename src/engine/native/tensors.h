// Tensors in and out of JavaScript, and single ops. Included by binding.cc after tfjs-node's sources, which it uses.
#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "call.h"

namespace tfnodejs {

// More outputs than any op or function here has: an accidental number must not allocate gigabytes.
constexpr int64_t kMaxOutputs = 100000;

// Adds the inputs, runs the op, and returns its outputs as tfjs-node does: [{id, shape, dtype}].
inline napi_value Run(Call &call, TFE_Op *op, const std::string &name, const std::vector<int64_t> &ids,
                      int64_t count) {
  call.read.Require(count >= 0 && count <= kMaxOutputs, "a number of outputs");
  TF_AutoStatus status;
  for (const int64_t id : ids) {
    TFE_TensorHandle *input = call.Tensor(id, name);
    if (!input) return nullptr;
    TFE_OpAddInput(op, input, status.status);
    if (!call.Ok(status, name)) return nullptr;
  }
  if (!call.read.ok) return nullptr;

  std::vector<TFE_TensorHandle *> handles(static_cast<size_t>(count), nullptr);
  int returned = static_cast<int>(count);
  TFE_Execute(op, handles.data(), &returned, status.status);
  if (!call.Ok(status, name)) return nullptr;
  napi_value outputs = nullptr;
  call.read.Check(napi_create_array_with_length(call.read.env, static_cast<size_t>(returned), &outputs), "memory");
  for (int i = 0; i < returned; i++) {
    // After a failure the rest is freed: no id of theirs would reach JavaScript.
    if (!call.read.ok) {
      TFE_DeleteTensorHandle(handles[i]);
      continue;
    }
    napi_value output = call.backend->GenerateOutputTensorInfo(call.read.env, handles[i]);
    call.read.Require(output != nullptr && !IsExceptionPending(call.read.env), "memory");
    call.read.Check(napi_set_element(call.read.env, outputs, static_cast<uint32_t>(i), output), "memory");
  }
  return outputs;
}

// executeOp(op, attributes, inputIds, outputCount)
inline napi_value ExecuteOneOp(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  if (!call.read.ok) return nullptr;
  const std::string name = call.read.String(call.args[0]);
  const std::vector<napi_value> attributes =
      call.read.Array<napi_value>(call.args[1], [](napi_value item) { return item; });
  const std::vector<int64_t> ids = call.read.Integers(call.args[2]);
  const int64_t count = call.read.Integer(call.args[3]);
  if (!call.read.ok) return nullptr;

  TF_AutoStatus status;
  TFE_AutoOp op(TFE_NewOp(call.backend->tfe_context_, name.c_str(), status.status));
  if (!call.Ok(status, name)) return nullptr;
  for (napi_value attribute : attributes) {
    AssignOpAttr(env, op.op, attribute);
    if (IsExceptionPending(env)) return nullptr;
  }
  return Run(call, op.op, name, ids, count);
}

// The number of elements of a shape, or -1 where TensorFlow would abort on it: it allows 254 axes of sizes whose
// product fits into 64 bits, zeros left aside.
inline int64_t ElementCount(const std::vector<int64_t> &shape) {
  constexpr int64_t limit = int64_t{1} << 48;
  int64_t product = 1;
  bool empty = false;
  for (const int64_t n : shape) {
    if (n < 0 || n > limit / product) return -1;
    if (n == 0) empty = true;
    product *= std::max<int64_t>(n, 1);
  }
  if (shape.size() > 254) return -1;
  return empty ? 0 : product;
}

// Strings come from JavaScript as arrays of Uint8Array.
inline TF_Tensor *NewStringTensor(Call &call, const std::vector<int64_t> &shape, int64_t count, napi_value values) {
  const std::vector<std::string> texts = call.read.Array<std::string>(values, [&call](napi_value item) {
    const Bytes text = call.read.TypedArray(item);
    call.read.Require(text.type == napi_uint8_array, "strings as Uint8Array");
    return call.read.ok ? std::string(static_cast<const char *>(text.data), text.length) : std::string();
  });
  call.read.Require(static_cast<int64_t>(texts.size()) == count, "as many strings as the shape has");
  if (!call.read.ok) return nullptr;
  TF_Tensor *tensor =
      TF_AllocateTensor(TF_STRING, shape.data(), static_cast<int>(shape.size()), texts.size() * sizeof(TF_TString));
  auto *strings = static_cast<TF_TString *>(tensor ? TF_TensorData(tensor) : nullptr);
  for (size_t i = 0; strings && i < texts.size(); i++) {
    TF_TString_Init(&strings[i]);
    TF_TString_Copy(&strings[i], texts[i].data(), texts[i].size());
  }
  return tensor;
}

// The values are copied; tfjs-node shares V8's memory with TensorFlow, which may release it on another thread than
// JavaScript's.
inline TF_Tensor *NewNumberTensor(Call &call, const std::vector<int64_t> &shape, int64_t count, TF_DataType dtype,
                                  napi_value values) {
  // Nothing after this line runs JavaScript, which could detach the memory.
  const Bytes given = call.read.TypedArray(values);
  if (!call.read.ok) return nullptr;
  const bool matches = (given.type == napi_float32_array && (dtype == TF_FLOAT || dtype == TF_COMPLEX64)) ||
                       (given.type == napi_int32_array && (dtype == TF_INT32 || dtype == TF_INT64)) ||
                       (given.type == napi_uint8_array && (dtype == TF_BOOL || dtype == TF_UINT8));
  const size_t bytes = given.length * (given.type == napi_uint8_array ? 1 : 4);
  if (!call.read.Require(matches && bytes == static_cast<size_t>(count) * TF_DataTypeSize(dtype),
                         "values whose type and length match dtype and shape")) {
    return nullptr;
  }
  TF_Tensor *tensor = TF_AllocateTensor(dtype, shape.data(), static_cast<int>(shape.size()), bytes);
  if (tensor && bytes > 0) memcpy(TF_TensorData(tensor), given.data, bytes);
  return tensor;
}

// createTensor(shape, dtype, values)
inline napi_value NewTensor(napi_env env, napi_callback_info info) {
  Call call(env, info, 3);
  if (!call.read.ok) return nullptr;
  const std::vector<int64_t> shape = call.read.Integers(call.args[0]);
  const int64_t type = call.read.Integer(call.args[1]);
  const int64_t count = ElementCount(shape);
  call.read.Require(count >= 0, "a shape");
  call.read.Require(type > 0 && type < 256, "a dtype");
  if (!call.read.ok) return nullptr;
  const auto dtype = static_cast<TF_DataType>(type);
  TF_AutoTensor tensor(dtype == TF_STRING ? NewStringTensor(call, shape, count, call.args[2])
                                          : NewNumberTensor(call, shape, count, dtype, call.args[2]));
  if (!call.read.Require(tensor.tensor != nullptr, "memory")) return nullptr;

  using Handle = std::unique_ptr<TFE_TensorHandle, decltype(&TFE_DeleteTensorHandle)>;
  TF_AutoStatus status;
  Handle handle(TFE_NewTensorHandle(tensor.tensor, status.status), TFE_DeleteTensorHandle);
  if (!call.Ok(status, "createTensor")) return nullptr;
  // GPU kernels take int32 arguments (shapes, axes) from host memory: those stay where they are, as do strings.
  if (call.backend->is_gpu_device && dtype != TF_INT32 && dtype != TF_STRING) {
    handle.reset(TFE_TensorHandleCopyToDevice(handle.get(), call.backend->tfe_context_,
                                              call.backend->device_name.c_str(), status.status));
    if (!call.Ok(status, "createTensor")) return nullptr;
  }
  napi_value id = nullptr;
  call.read.Check(napi_create_int32(env, call.backend->InsertHandle(handle.release()), &id), "memory");
  return id;
}

// TensorFlow frees the array of strings with its tensor, but not what long strings point to.
inline void FreeStrings(TFE_TensorHandle *handle) {
  TF_AutoStatus status;
  TF_AutoTensor tensor(TFE_TensorHandleResolve(handle, status.status));
  if (TF_GetCode(status.status) != TF_OK) return;
  auto *strings = static_cast<TF_TString *>(TF_TensorData(tensor.tensor));
  for (int64_t i = 0; i < TF_TensorElementCount(tensor.tensor); i++) TF_TString_Dealloc(&strings[i]);
}

// deleteTensor(id)
inline napi_value DeleteOneTensor(napi_env env, napi_callback_info info) {
  Call call(env, info, 1);
  if (!call.read.ok) return nullptr;
  const int64_t id = call.read.Integer(call.args[0]);
  TFE_TensorHandle *handle = call.Tensor(id, "deleteTensor");
  if (!handle) return nullptr;
  if (TFE_TensorHandleDataType(handle) == TF_STRING) FreeStrings(handle);
  TFE_DeleteTensorHandle(handle);
  call.backend->tfe_handle_map_.erase(static_cast<int32_t>(id));
  return nullptr;
}

// tensorDataSync(id): a copy of the values. tfjs-node's knows no uint8 and, after an error, returns a wild pointer.
inline napi_value TensorData(napi_env env, napi_callback_info info) {
  Call call(env, info, 1);
  if (!call.read.ok) return nullptr;
  TFE_TensorHandle *handle = call.Tensor(call.read.Integer(call.args[0]), "tensorDataSync");
  if (!handle) return nullptr;
  napi_value values = nullptr;
  napi_typedarray_type type;
  size_t item = 4;
  switch (TFE_TensorHandleDataType(handle)) {
    case TF_FLOAT:
    case TF_COMPLEX64:
      type = napi_float32_array;
      break;
    case TF_INT32:
      type = napi_int32_array;
      break;
    case TF_INT64:
      type = napi_bigint64_array;
      item = 8;
      break;
    case TF_BOOL:
    case TF_UINT8:
      type = napi_uint8_array;
      item = 1;
      break;
    case TF_STRING:
      CopyTFE_TensorHandleDataToStringArray(env, call.backend->tfe_context_, handle, &values);
      return values;
    default:
      call.read.Fail("tensorDataSync: JavaScript has no array for TensorFlow's type " +
                     std::to_string(TFE_TensorHandleDataType(handle)));
      return nullptr;
  }
  TF_AutoStatus status;
  TF_AutoTensor tensor(TFE_TensorHandleResolve(handle, status.status));
  if (!call.Ok(status, "tensorDataSync")) return nullptr;
  const size_t bytes = TF_TensorByteSize(tensor.tensor);
  void *data = nullptr;
  napi_value buffer = nullptr;
  if (!call.read.Check(napi_create_arraybuffer(env, bytes, &data, &buffer), "memory")) return nullptr;
  if (bytes > 0) memcpy(data, TF_TensorData(tensor.tensor), bytes);
  call.read.Check(napi_create_typedarray(env, type, bytes / item, buffer, 0, &values), "memory");
  return values;
}

}  // namespace tfnodejs
