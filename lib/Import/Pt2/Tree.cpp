// Tree.cpp - builds graph JSON as a tree.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Translate.h"

using namespace mlir;
namespace gradc::pt2 {

Json word(StringRef text) {
  Json json;
  json.kind = Json::Kind::string;
  json.text = text.str();
  return json;
}
Json integer(int64_t value) {
  Json json;
  json.kind = Json::Kind::integer;
  json.integer = value;
  return json;
}
Json number(double value) {
  Json json;
  json.kind = Json::Kind::number;
  json.number = value;
  return json;
}
Json boolean(bool value) {
  Json json;
  json.kind = Json::Kind::boolean;
  json.integer = 0;
  json.boolean = value;
  return json;
}
Json list(std::vector<Json> items) {
  Json json;
  json.kind = Json::Kind::array;
  json.items = std::move(items);
  return json;
}
Json integers(ArrayRef<int64_t> values) {
  std::vector<Json> items;
  for (int64_t value : values)
    items.push_back(integer(value));
  return list(std::move(items));
}
Json null() { return {}; }

void set(Json &object, StringRef key, Json value) {
  for (auto [known, item] : llvm::zip(object.keys, object.items))
    if (known.text == key) {
      item = std::move(value);
      return;
    }
  object.keys.push_back({key.str(), {}});
  object.items.push_back(std::move(value));
}

Json object(Attributes members) {
  Json json;
  json.kind = Json::Kind::object;
  for (auto &[key, value] : members)
    set(json, key, std::move(value));
  return json;
}

Json makeNode(StringRef op, std::vector<Json> inputs, Attributes attributes) {
  Json json;
  json.kind = Json::Kind::object;
  set(json, "op", word(op));
  set(json, "inputs", list(std::move(inputs)));
  for (auto &[key, value] : attributes)
    set(json, key, std::move(value));
  return json;
}

} // namespace gradc::pt2
