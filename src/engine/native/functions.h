// TensorFlow functions: a whole step as one op.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "call.h"
#include "tensors.h"

namespace tfnodejs {

// A node's output written as "name:index".
inline bool ParseOutput(TF_Graph *graph, const std::string &text, TF_Output *output) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) return false;
  int index = 0;
  for (size_t i = colon + 1; i < text.size(); i++) {
    if (text[i] < '0' || text[i] > '9' || index > 9999) return false;
    index = index * 10 + (text[i] - '0');
  }
  output->oper = TF_GraphOperationByName(graph, text.substr(0, colon).c_str());
  output->index = index;
  return output->oper != nullptr && index < TF_OperationNumOutputs(output->oper);
}

// defineFunction(name, graphDef, inputs, outputs): a function from a serialized GraphDef.
inline napi_value DefineFunction(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  if (!call.read.ok) return nullptr;
  const std::string name = call.read.String(call.args[0]);
  const std::vector<std::string> names[2] = {call.read.Strings(call.args[2]), call.read.Strings(call.args[3])};
  // Read last: nothing after this line runs JavaScript, which could detach the memory.
  const Bytes bytes = call.read.TypedArray(call.args[1]);
  if (call.read.ok) call.read.Require(bytes.type == napi_uint8_array, "a serialized graph");
  call.read.Require(!name.empty(), "a name");
  if (!call.read.ok) return nullptr;

  const std::string where = "defineFunction(" + name + ")";
  TF_AutoStatus status;
  std::unique_ptr<TF_Graph, decltype(&TF_DeleteGraph)> graph(TF_NewGraph(), TF_DeleteGraph);
  std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> def(
      TF_NewBufferFromString(bytes.data, bytes.length), TF_DeleteBuffer);
  std::unique_ptr<TF_ImportGraphDefOptions, decltype(&TF_DeleteImportGraphDefOptions)> options(
      TF_NewImportGraphDefOptions(), TF_DeleteImportGraphDefOptions);
  TF_GraphImportGraphDef(graph.get(), def.get(), options.get(), status.status);
  if (!call.Ok(status, where)) return nullptr;

  std::vector<TF_Output> ends[2];
  for (int k = 0; k < 2; k++) {
    for (const std::string &text : names[k]) {
      TF_Output output;
      if (!ParseOutput(graph.get(), text, &output)) {
        call.read.Fail(where + ": the graph has no output " + text);
        return nullptr;
      }
      ends[k].push_back(output);
    }
  }
  std::unique_ptr<TF_Function, decltype(&TF_DeleteFunction)> function(
      TF_GraphToFunction(graph.get(), name.c_str(), /*append_hash_to_fn_name=*/0, /*num_opers=*/-1,
                         /*opers=*/nullptr, static_cast<int>(ends[0].size()), ends[0].data(),
                         static_cast<int>(ends[1].size()), ends[1].data(), /*output_names=*/nullptr,
                         /*opts=*/nullptr, /*description=*/nullptr, status.status),
      TF_DeleteFunction);
  if (!call.Ok(status, where)) return nullptr;
  TFE_ContextAddFunction(call.backend->tfe_context_, function.get(), status.status);
  call.Ok(status, where);
  return nullptr;
}

// removeFunction(name)
inline napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  Call call(env, info, 1);
  if (!call.read.ok) return nullptr;
  const std::string name = call.read.String(call.args[0]);
  TF_AutoStatus status;
  if (call.read.ok) TFE_ContextRemoveFunction(call.backend->tfe_context_, name.c_str(), status.status);
  call.Ok(status, "removeFunction(" + name + ")");
  return nullptr;
}

// executeFunction(name, inputIds, outputCount, xla): runs a function, if asked compiled by XLA; returns as executeOp.
inline napi_value ExecuteFunction(napi_env env, napi_callback_info info) {
  Call call(env, info, 4);
  if (!call.read.ok) return nullptr;
  const std::string name = call.read.String(call.args[0]);
  const std::vector<int64_t> ids = call.read.Integers(call.args[1]);
  const int64_t count = call.read.Integer(call.args[2]);
  const bool xla = call.read.Boolean(call.args[3]);
  if (!call.read.ok) return nullptr;

  TF_AutoStatus status;
  TFE_AutoOp op(TFE_NewOp(call.backend->tfe_context_, name.c_str(), status.status));
  if (!call.Ok(status, name)) return nullptr;
  if (xla) {
    TFE_OpSetAttrBool(op.op, "_XlaMustCompile", 1);
    // XLA compiles for the device of the call itself, which is the CPU unless it is named.
    TFE_OpSetDevice(op.op, call.backend->device_name.c_str(), status.status);
    if (!call.Ok(status, name)) return nullptr;
  }
  return Run(call, op.op, name, ids, count);
}

}  // namespace tfnodejs
