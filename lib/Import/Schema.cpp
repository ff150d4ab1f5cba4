// Schema.cpp - the table of ops as a JSON Schema and as a list to read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Ops.h"
#include "gradc/Import/Import.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
namespace json = llvm::json;
namespace gradc::graph {

static json::Object listOf(json::Value items) {
  return json::Object{{"type", "array"}, {"items", std::move(items)}};
}
static json::Object reference(StringRef definition) {
  return json::Object{{"$ref", ("#/$defs/" + definition).str()}};
}
static json::Object tableOf(json::Value values) {
  return json::Object{{"type", "object"},
                      {"propertyNames", reference("name")},
                      {"additionalProperties", std::move(values)}};
}

static json::Object attributeSchema(AttributeKind kind) {
  json::Object integer{{"type", "integer"}}, operands = tableOf(reference("operand"));
  switch (kind) {
  case AttributeKind::integer:
    return integer;
  case AttributeKind::integers:
    return listOf(std::move(integer));
  case AttributeKind::dims:
    return json::Object{
        {"anyOf", json::Array{json::Object(integer), listOf(json::Object(integer))}}};
  case AttributeKind::dimsOrText:
    return json::Object{{"anyOf", json::Array{json::Object(integer), listOf(json::Object(integer)),
                                              json::Object{{"type", "string"}}}}};
  case AttributeKind::number:
    return reference("number");
  case AttributeKind::boolean:
    return json::Object{{"type", "boolean"}};
  case AttributeKind::dtype:
    return json::Object{{"enum", json::Array{"f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8",
                                             "u8", "bool"}}};
  case AttributeKind::data:
    return reference("data");
  case AttributeKind::text:
    return json::Object{{"type", "string"}};
  case AttributeKind::name:
    return reference("name");
  case AttributeKind::names:
    return listOf(json::Object{{"type", "string"}});
  case AttributeKind::body:
    return reference("body");
  case AttributeKind::operandTable:
    return operands;
  case AttributeKind::branchTable:
    return json::Object{{"type", "object"},
                        {"properties", json::Object{{"then", json::Object(operands)},
                                                    {"else", json::Object(operands)}}},
                        {"required", json::Array{"then", "else"}},
                        {"additionalProperties", false}};
  }
  return json::Object{};
}

static json::Object opSchema(const OpSpec &spec) {
  json::Array required{"op"};
  json::Array orNull{reference("operand"), json::Object{{"type", "null"}}};
  json::Object inputs = spec.mayOmit ? listOf(json::Object{{"anyOf", std::move(orNull)}})
                                     : listOf(reference("operand"));
  inputs["minItems"] = spec.minInputs;
  if (spec.maxInputs != unlimited)
    inputs["maxItems"] = spec.maxInputs;
  json::Object properties{{"op", json::Object{{"const", spec.name}}},
                          {"type", reference("type")},
                          {"loc", reference("loc")}};
  if (spec.maxInputs)
    properties["inputs"] = std::move(inputs);
  if (spec.minInputs)
    required.push_back("inputs");
  if (spec.hasResult)
    properties["name"] = reference("name");
  for (const AttributeSpec &a : spec.attributes) {
    properties[a.name] = attributeSchema(a.kind);
    if (a.required)
      required.push_back(a.name);
  }
  return json::Object{{"description", spec.summary},
                      {"type", "object"},
                      {"properties", std::move(properties)},
                      {"required", std::move(required)},
                      {"additionalProperties", false}};
}

static json::Object definitions(const OpTable &table) {
  json::Array nodes;
  for (const OpSpec &spec : table.all())
    nodes.push_back(opSchema(spec));
  json::Object special{{"enum", json::Array{"inf", "-inf", "nan"}}};
  json::Object number{
      {"anyOf", json::Array{json::Object{{"type", json::Array{"number", "boolean"}}},
                            json::Object(special)}}};
  json::Array dataCases{json::Object(number), listOf(reference("data"))};
  json::Object string{{"type", "string"}}, count{{"type", "integer"}, {"minimum", 0}};
  json::Array operandCases{json::Object{{"type", json::Array{"string", "number", "boolean"}}},
                           reference("node")};
  return json::Object{
      {"name", json::Object{{"type", "string"}, {"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}}},
      {"type",
       json::Object{
           {"type", "string"},
           {"pattern",
            "^(f32|f64|f16|bf16|i64|i32|i16|i8|u8|bool)\\[( *[0-9]+ *(, *[0-9]+ *)*)?\\]$"}}},
      {"loc", json::Object{{"type", "object"},
                           {"properties", json::Object{{"file", std::move(string)},
                                                       {"line", json::Object(count)},
                                                       {"column", json::Object(count)}}},
                           {"required", json::Array{"file", "line"}}}},
      {"number", std::move(number)},
      {"data", json::Object{{"anyOf", std::move(dataCases)}}},
      {"operand", json::Object{{"anyOf", std::move(operandCases)}}},
      {"body", listOf(reference("node"))},
      {"node", json::Object{{"oneOf", std::move(nodes)}}},
  };
}

static json::Object variableSchema(bool isParameter) {
  json::Object properties{{"type", reference("type")}, {"init", reference("node")}};
  properties["requires_grad"] =
      isParameter ? json::Object{{"type", "boolean"}} : json::Object{{"const", false}};
  return tableOf(json::Object{{"type", "object"},
                              {"properties", std::move(properties)},
                              {"required", json::Array{"type"}},
                              {"additionalProperties", false}});
}

static json::Object programSchema() {
  json::Object function{{"type", "object"},
                        {"properties", json::Object{{"export", json::Object{{"type", "boolean"}}},
                                                    {"inputs", tableOf(reference("type"))},
                                                    {"body", reference("body")},
                                                    {"outputs", tableOf(reference("operand"))}}},
                        {"required", json::Array{"body", "outputs"}},
                        {"additionalProperties", false}};
  return json::Object{{"format", json::Object{{"const", "gradc.graph"}}},
                      {"version", json::Object{{"const", 1}}},
                      {"device", json::Object{{"enum", json::Array{"cpu", "auto", "cuda"}}}},
                      {"main", reference("body")},
                      {"inputs", tableOf(reference("type"))},
                      {"parameters", variableSchema(true)},
                      {"buffers", variableSchema(false)},
                      {"init", reference("body")},
                      {"functions", tableOf(std::move(function))}};
}

} // namespace gradc::graph

void gradc::printGraphSchema(MLIRContext &context, llvm::raw_ostream &out) {
  context.loadDialect<ag::AgDialect>();
  graph::OpTable table(context);
  json::Array shapes{json::Object{{"required", json::Array{"main"}}},
                     json::Object{{"required", json::Array{"functions"}}}};
  json::Object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "gradc graph"},
                      {"type", "object"},
                      {"properties", graph::programSchema()},
                      {"required", json::Array{"format", "version"}},
                      {"anyOf", std::move(shapes)},
                      {"additionalProperties", false},
                      {"$defs", graph::definitions(table)}};
  out << llvm::formatv("{0:2}\n", json::Value(std::move(schema)));
}

void gradc::printGraphOps(MLIRContext &context, llvm::raw_ostream &out) {
  context.loadDialect<ag::AgDialect>();
  graph::OpTable table(context);
  std::string group;
  for (const graph::OpSpec &spec : table.all()) {
    if (spec.group != group)
      out << (group.empty() ? "" : "\n") << (group = spec.group) << "\n";
    std::string inputs = std::to_string(spec.minInputs);
    if (spec.maxInputs == graph::unlimited)
      inputs += "+";
    else if (spec.maxInputs != spec.minInputs)
      inputs += "-" + std::to_string(spec.maxInputs);
    std::string attributes;
    for (const graph::AttributeSpec &a : spec.attributes)
      attributes += (attributes.empty() ? "" : ", ") + a.name.str() + (a.required ? "" : "?");
    out << llvm::formatv("  {0,-16} {1,-4} {2}{3}{4}\n", spec.name, inputs,
                         attributes.empty() ? "" : "{" + attributes + "} ", "", spec.summary);
  }
}
