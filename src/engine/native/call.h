// Reading the arguments of a call from JavaScript, and turning every failure into a JavaScript exception.
#pragma once

#include <node_api.h>

#include <cmath>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "tf_auto_status.h"
#include "tfjs_backend.h"

namespace tfnodejs {

// The memory of a typed array; valid until JavaScript runs again.
struct Bytes {
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void *data = nullptr;
};

// Reads JavaScript values; after the first failure `ok` is false and a JavaScript exception is pending.
struct Reader {
  napi_env env;
  bool ok = true;

  bool Fail(const std::string &message) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, nullptr, message.c_str());
    return ok = false;
  }

  bool Check(napi_status status, const char *what) {
    if (!ok) return false;
    return status == napi_ok || Fail(std::string("bn-lab binding: expected ") + what);
  }

  bool Require(bool condition, const char *what) { return Check(condition ? napi_ok : napi_invalid_arg, what); }

  std::string String(napi_value value) {
    size_t length = 0;
    if (!Check(napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a string")) return "";
    std::string text(length + 1, '\0');
    Check(napi_get_value_string_utf8(env, value, &text[0], length + 1, &length), "a string");
    text.resize(length);
    return text;
  }

  // A whole number that a double holds exactly; NaN, fractions and the like are refused, not rounded.
  int64_t Integer(napi_value value) {
    double number = 0;
    Check(napi_get_value_double(env, value, &number), "a number");
    const bool whole = std::fabs(number) <= 9007199254740991.0 && std::trunc(number) == number;
    return Require(whole, "a whole number") ? static_cast<int64_t>(number) : 0;
  }

  bool Boolean(napi_value value) {
    bool flag = false;
    Check(napi_get_value_bool(env, value, &flag), "a boolean");
    return flag;
  }

  template <typename T, typename Read>
  std::vector<T> Array(napi_value value, Read read) {
    uint32_t length = 0;
    std::vector<T> items;
    Check(napi_get_array_length(env, value, &length), "an array");
    items.reserve(length < 64 ? length : 64);  // an array of JavaScript may claim a length that it does not have
    for (uint32_t i = 0; ok && i < length; i++) {
      napi_value item;
      if (Check(napi_get_element(env, value, i, &item), "an array element")) items.push_back(read(item));
    }
    return items;
  }

  Bytes TypedArray(napi_value value) {
    Bytes bytes;
    Check(napi_get_typedarray_info(env, value, &bytes.type, &bytes.length, &bytes.data, nullptr, nullptr),
          "a typed array");
    return bytes;
  }

  std::vector<int64_t> Integers(napi_value value) {
    return Array<int64_t>(value, [this](napi_value item) { return Integer(item); });
  }

  std::vector<std::string> Strings(napi_value value) {
    return Array<std::string>(value, [this](napi_value item) { return String(item); });
  }
};

// The arguments of a call, of which `count` (at most 4) must be there, and the backend of this environment.
struct Call {
  Reader read;
  TFJSBackend *backend = nullptr;
  napi_value args[4] = {};

  Call(napi_env env, napi_callback_info info, size_t count) : read{env} {
    size_t given = 4;
    read.Check(napi_get_cb_info(env, info, &given, args, nullptr, nullptr), "arguments");
    read.Require(given >= count, "more arguments");
    void *data = nullptr;
    read.Check(napi_get_instance_data(env, &data), "a backend");
    backend = static_cast<TFJSBackend *>(data);
    read.Require(backend != nullptr, "a backend");
  }

  bool Ok(const TF_AutoStatus &status, const std::string &where) {
    if (!read.ok) return false;
    return TF_GetCode(status.status) == TF_OK || read.Fail(where + ": " + TF_Message(status.status));
  }

  // The tensor of an id; nullptr, with an exception pending, where there is none.
  TFE_TensorHandle *Tensor(int64_t id, const std::string &where) {
    if (!read.ok) return nullptr;
    const auto entry = backend->tfe_handle_map_.find(static_cast<int32_t>(id));
    if (id >= 0 && id <= INT32_MAX && entry != backend->tfe_handle_map_.end()) return entry->second;
    read.Fail(where + ": tensor " + std::to_string(id) + " is not there (disposed?)");
    return nullptr;
  }
};

// Wraps a function for export: a C++ exception (out of memory) becomes a JavaScript one instead of an abort.
template <napi_callback Function>
napi_value Guarded(napi_env env, napi_callback_info info) {
  try {
    return Function(env, info);
  } catch (const std::exception &error) {
    Reader{env}.Fail(std::string("bn-lab binding: ") + error.what());
    return nullptr;
  }
}

}  // namespace tfnodejs
