//! A policy from its object, by the rules that the API server applies to it on the way in.

use tree::Tree;

use super::{BadPolicy, Chosen, Doubt, Policy, PolicyName, Rule, Side, Sided};
use crate::block::Block;
use crate::field::{Field, Problem};
use crate::port::PortRule;
use crate::selector::Selector;

/// The policy; or what is wrong with it, and what can be read of it nonetheless.
pub(crate) fn read(object: &Tree) -> Result<Policy, Box<Doubt>> {
    let name = name(object);
    let spec = Field::root(object).get("spec");
    policy(object, name.clone()).map_err(|problem| {
        Box::new(Doubt {
            bad: BadPolicy { policy: name, path: problem.path, problem: problem.text },
            pods: Selector::read(&spec.get("podSelector")).unwrap_or_default(),
            restricts: listed(&spec).ok().flatten().unwrap_or(BOTH),
        })
    })
}

fn name(object: &Tree) -> PolicyName {
    let namespace = object.at(&["metadata", "namespace"]).text();
    PolicyName {
        namespace: namespace.filter(|name| !name.is_empty()).unwrap_or("default").to_owned(),
        name: object.at(&["metadata", "name"]).str().to_owned(),
    }
}

fn policy(object: &Tree, name: PolicyName) -> Result<Policy, Problem> {
    let root = Field::root(object);
    root.mapping(&["apiVersion", "kind", "metadata", "spec", "status"])?;
    for (key, expected) in [("apiVersion", VERSION), ("kind", "NetworkPolicy")] {
        let field = root.get(key);
        if field.needed_text()? != expected {
            return Err(field.problem(format!("must be {expected}")));
        }
    }
    let spec = root.get("spec");
    spec.mapping(&["podSelector", "policyTypes", "ingress", "egress"])?;
    let pods = Selector::read(&spec.get("podSelector"))?;
    let listed = listed(&spec)?;
    let rules =
        Sided { ingress: rules(&spec, Side::Ingress)?, egress: rules(&spec, Side::Egress)? };
    // An empty list of egress rules is no section of them: only rules imply the direction.
    let implied = Sided { ingress: true, egress: !rules.egress.is_empty() };
    Ok(Policy { name, pods, rules, restricts: listed.unwrap_or(implied) })
}

/// The directions under `policyTypes`; none if it is missing or empty.
fn listed(spec: &Field<'_>) -> Result<Option<Sided<bool>>, Problem> {
    let field = spec.get("policyTypes");
    let list = field.list()?;
    if list.len() > Side::ALL.len() {
        return Err(field.problem("must not hold more than two"));
    }
    let mut restricts = Sided::default();
    for item in &list {
        let side = Side::ALL.into_iter().find(|side| item.tree.text() == Some(side.as_str()));
        let side = side.ok_or_else(|| item.problem("must be Ingress or Egress"))?;
        *restricts.on_mut(side) = true;
    }
    Ok((!list.is_empty()).then_some(restricts))
}

fn rules(spec: &Field<'_>, side: Side) -> Result<Vec<Rule>, Problem> {
    spec.get(side.field()).list()?.iter().map(|rule| self::rule(rule, side)).collect()
}

fn rule(field: &Field<'_>, side: Side) -> Result<Rule, Problem> {
    let peers = match side {
        Side::Ingress => "from",
        Side::Egress => "to",
    };
    field.mapping(&[peers, "ports"])?;
    Ok(Rule {
        peers: field.get(peers).list()?.iter().map(chosen).collect::<Result<_, _>>()?,
        ports: field.get("ports").list()?.iter().map(PortRule::read).collect::<Result<_, _>>()?,
    })
}

fn chosen(field: &Field<'_>) -> Result<Chosen, Problem> {
    field.mapping(&["podSelector", "namespaceSelector", "ipBlock"])?;
    let [pods, namespaces, block] =
        ["podSelector", "namespaceSelector", "ipBlock"].map(|key| field.get(key));
    match (namespaces.is_set(), pods.is_set(), block.is_set()) {
        (false, false, false) => Err(field.problem("must choose someone")),
        (false, false, true) => Ok(Chosen::Block(Block::read(&block)?)),
        (_, _, true) => Err(block.problem("must not stand beside selectors")),
        (false, true, false) => Ok(Chosen::Own(Selector::read(&pods)?)),
        (true, _, false) => {
            Ok(Chosen::Across(Selector::read(&namespaces)?, Selector::read(&pods)?))
        }
    }
}

const VERSION: &str = "networking.k8s.io/v1";

const BOTH: Sided<bool> = Sided { ingress: true, egress: true };

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object(spec: &Value) -> Tree {
        Tree::from_json(&json!({
            "apiVersion": VERSION,
            "kind": "NetworkPolicy",
            "metadata": {"namespace": "a", "name": "p"},
            "spec": spec,
        }))
    }

    #[test]
    fn directions_default_as_upstream() {
        let check = |spec: Value, ingress: bool, egress: bool| {
            let found = read(&object(&spec)).unwrap().restricts;
            assert_eq!(found, Sided { ingress, egress }, "{spec}");
        };
        check(json!(null), true, false);
        check(json!({}), true, false);
        check(json!({"policyTypes": []}), true, false);
        check(json!({"policyTypes": null, "egress": []}), true, false);
        check(json!({"egress": [{}]}), true, true);
        check(json!({"ingress": [{}], "egress": [{}]}), true, true);
        check(json!({"policyTypes": ["Egress"]}), false, true);
        check(json!({"policyTypes": ["Egress"], "ingress": [{}]}), false, true);
        check(json!({"policyTypes": ["Ingress"], "egress": [{}]}), true, false);
        check(json!({"policyTypes": ["Ingress", "Egress"]}), true, true);
        check(json!({"policyTypes": ["Ingress", "Ingress"]}), true, false);
    }

    #[test]
    fn refuses_what_the_api_server_refuses() {
        let check = |spec: Value, path: &str, problem: &str| {
            let bad = read(&object(&spec)).unwrap_err().bad;
            assert_eq!((bad.path.to_string().as_str(), bad.problem.as_str()), (path, problem));
        };
        check(json!([]), "spec", "must be a mapping");
        check(json!({"ingres": []}), "spec.ingres", "is not a known field");
        check(json!({"policyTypes": "Egress"}), "spec.policyTypes", "must be a list");
        let types = "spec.policyTypes";
        check(
            json!({"policyTypes": ["egress"]}),
            "spec.policyTypes[0]",
            "must be Ingress or Egress",
        );
        check(json!({"policyTypes": vec!["Egress"; 3]}), types, "must not hold more than two");
        check(json!({"ingress": {}}), "spec.ingress", "must be a list");
        check(json!({"ingress": [{"to": []}]}), "spec.ingress[0].to", "is not a known field");
        check(json!({"egress": [{"from": []}]}), "spec.egress[0].from", "is not a known field");
        check(
            json!({"ingress": [{"from": [{}]}]}),
            "spec.ingress[0].from[0]",
            "must choose someone",
        );
        check(
            json!({"ingress": [{"from": [null]}]}),
            "spec.ingress[0].from[0]",
            "must choose someone",
        );
        let both = json!({"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}});
        let path = "spec.egress[0].to[0].ipBlock";
        check(json!({"egress": [{"to": [both]}]}), path, "must not stand beside selectors");
        let port = "spec.ingress[0].ports[0].port";
        let zero = json!({"ingress": [{"ports": [{"port": 0}]}]});
        check(zero, port, "must be a number from 1 to 65535");
        check(json!({"podSelector": "a"}), "spec.podSelector", "must be a mapping");
    }

    #[test]
    fn refuses_other_versions_and_kinds() {
        let check = |version: &str, kind: &str, path: &str| {
            let object = json!({"apiVersion": version, "kind": kind});
            let bad = read(&Tree::from_json(&object)).unwrap_err().bad;
            assert_eq!(bad.path.to_string(), path, "{object}");
        };
        check("extensions/v1beta1", "NetworkPolicy", "apiVersion");
        check("", "NetworkPolicy", "apiVersion");
        check(VERSION, "Ingress", "kind");
    }

    #[test]
    fn what_can_be_read_of_a_bad_policy_narrows_the_doubt() {
        let check = |spec: Value, pods: Value, ingress: bool, egress: bool| {
            let doubt = read(&object(&spec)).unwrap_err();
            let pods = Tree::from_json(&pods);
            assert_eq!(doubt.pods, Selector::read(&Field::root(&pods)).unwrap(), "{spec}");
            assert_eq!(doubt.restricts, Sided { ingress, egress }, "{spec}");
        };
        let web = json!({"matchLabels": {"app": "web"}});
        check(json!({"podSelector": web, "x": 1}), web.clone(), true, true);
        check(json!({"podSelector": web, "x": 1, "policyTypes": ["Egress"]}), web, false, true);
        check(json!({"podSelector": 1, "policyTypes": ["?"]}), json!({}), true, true);
    }
}
