//! An example for each body that has none of its own, put together from the examples of its fields. So each field is described
//! in one place, and every body can be tried.

use serde_json::{Map, Value};

/// References that lead to references: a schema that contains itself has no example.
const DEPTH_MAX: usize = 8;

/// Gives a body an example, if it has none and its fields have some.
pub fn of_body(body: &mut Value, schemas: &Value) {
    let Some(content) = body.pointer_mut("/content/application~1json") else {
        return;
    };
    if content.get("example").is_some() || content.get("examples").is_some() {
        return;
    }
    if let Some(found) = of_schema(&content["schema"], schemas, 0) {
        content["example"] = found;
    }
}

fn of_schema(schema: &Value, schemas: &Value, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    if let Some(example) = schema.get("example") {
        return Some(example.clone());
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|it| it.strip_prefix("#/components/schemas/"))
    {
        return of_schema(&schemas[name], schemas, depth + 1);
    }
    for choice in ["oneOf", "anyOf"] {
        let of = |schema: &Value| of_schema(schema, schemas, depth + 1);
        if let Some(found) = schema[choice].as_array().and_then(|list| list.iter().find_map(of)) {
            return Some(found);
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let parts = all.iter().filter_map(|part| of_schema(part, schemas, depth + 1));
        let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Some(Value::Object(fields.collect()));
    }
    if let Some(first) = schema["enum"].as_array().and_then(|list| list.first()) {
        return Some(first.clone());
    }
    if schema["type"] == "object" && schema.get("properties").is_none() && schema.get("additionalProperties").is_none()
    {
        return Some(Value::Object(Map::new()));
    }
    let properties = schema["properties"].as_object()?;
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut fields = Map::new();
    for (name, property) in properties {
        let needed = required.iter().any(|it| it == name);
        // Without an example of its own a field is left out, if it may be.
        let own = property.get("example").cloned();
        match own.or_else(|| of_schema(property, schemas, depth + 1).filter(|_| needed)) {
            Some(example) => drop(fields.insert(name.clone(), example)),
            None if needed => return None,
            None => {}
        }
    }
    Some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_example_is_made_of_those_of_the_fields() {
        let schemas = json!({
            "Body": {"type": "object", "required": ["a"], "properties": {
                "a": {"$ref": "#/components/schemas/A"}, "b": {"type": "string", "example": "x"}, "c": {"type": "string"},
            }},
            "A": {"type": "string", "enum": ["low", "high"]},
            "Loop": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Loop"}}},
        });
        let of = |name: &str| of_schema(&json!({"$ref": format!("#/components/schemas/{name}")}), &schemas, 0);
        assert_eq!(of("Body"), Some(json!({"a": "low", "b": "x"})));
        assert_eq!(of("Loop"), None);
        let mut body =
            json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}, "example": 7}}});
        of_body(&mut body, &schemas);
        assert_eq!(body["content"]["application/json"]["example"], 7, "its own stays");
    }
}
