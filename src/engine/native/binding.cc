// bn-lab's TensorFlow binding: tfjs-node's own, from its npm package, with these functions replaced or added.
//
//   createTensor, deleteTensor, tensorDataSync, executeOp    as in tfjs-node, hardened      (tensors.h)
//   defineFunction, removeFunction, executeFunction          TensorFlow functions           (functions.h)
//
// tfjs-node's functions for saved models, which nothing here uses, are left out.
// This is one translation unit: tfjs-node's sources are included below, so that the functions can use the TFE_Context
// and the table of tensor handles that its TFJSBackend owns.
//
// Lifetimes
// - One TFJSBackend belongs to each JavaScript environment (a worker thread has its own); Node deletes it at the end,
//   and with it all tensors and the TFE_Context.
// - Tensor ids index TFJSBackend's table, which owns one TFE_TensorHandle each until deleteTensor(id). Ids are never
//   used twice.
// - A function belongs to the TFE_Context from defineFunction to removeFunction. Its constants live in the
//   GraphDef; no tensor of the caller needs to outlive the call.
// - Every TF_* object made here is held by a unique_ptr or by tfjs-node's TF_Auto* / TFE_Auto*, so that an
//   early return frees it. Values from JavaScript are copied; no memory of V8 is kept.
// - Errors are JavaScript exceptions; nothing here aborts or lets a C++ exception out.

#include <node_api.h>

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

// The context and the handle table are private members; there is no accessor for them.
#define private public
#include "tfjs_backend.h"
#undef private
#include "tfjs_backend.cc"
// tfjs-node registers its own init; ours is below.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "tfjs_binding.cc"

#include "functions.h"
#include "tensors.h"

namespace tfnodejs {
namespace {

struct Export {
  const char *name;
  napi_callback function;
};

struct Number {
  const char *name;
  int32_t value;
};

// Unlike tfjs-node's, the exports are plain properties, which a recording can shadow (src/engine/record.ts).
napi_value Init(napi_env env, napi_value exports) {
  Reader read{env};
  TFJSBackend *backend = TFJSBackend::Create(env);
  if (IsExceptionPending(env)) return exports;
  read.Check(napi_set_instance_data(env, backend, FinalizeTFNodeJSBinding, nullptr), "an environment");

  const Export functions[] = {{"createTensor", Guarded<NewTensor>},
                              {"deleteTensor", Guarded<DeleteOneTensor>},
                              {"tensorDataSync", Guarded<TensorData>},
                              {"executeOp", Guarded<ExecuteOneOp>},
                              {"getNumOfTensors", Guarded<GetNumOfTensors>},
                              {"isUsingGpuDevice", Guarded<IsUsingGPUDevice>},
                              {"defineFunction", Guarded<DefineFunction>},
                              {"removeFunction", Guarded<RemoveFunction>},
                              {"executeFunction", Guarded<ExecuteFunction>}};
#define NUMBER(name) {#name, name}
  const Number numbers[] = {NUMBER(TF_FLOAT),     NUMBER(TF_INT32),       NUMBER(TF_INT64),     NUMBER(TF_BOOL),
                            NUMBER(TF_COMPLEX64), NUMBER(TF_STRING),      NUMBER(TF_RESOURCE),  NUMBER(TF_UINT8),
                            NUMBER(TF_ATTR_INT),  NUMBER(TF_ATTR_STRING), NUMBER(TF_ATTR_TYPE), NUMBER(TF_ATTR_FLOAT),
                            NUMBER(TF_ATTR_BOOL), NUMBER(TF_ATTR_SHAPE)};
#undef NUMBER
  napi_value value = nullptr;
  for (const Export &entry : functions) {
    read.Check(napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.function, nullptr, &value), "memory");
    read.Check(napi_set_named_property(env, exports, entry.name, value), "memory");
  }
  for (const Number &entry : numbers) {
    read.Check(napi_create_int32(env, entry.value, &value), "memory");
    read.Check(napi_set_named_property(env, exports, entry.name, value), "memory");
  }
  read.Check(napi_create_string_utf8(env, TF_Version(), NAPI_AUTO_LENGTH, &value), "memory");
  read.Check(napi_set_named_property(env, exports, "TF_Version", value), "memory");
  return exports;
}

}  // namespace

NAPI_MODULE_INIT() { return Init(env, exports); }

}  // namespace tfnodejs
