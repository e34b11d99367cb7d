//! One issuer of OpenID Connect tokens as kube-apiserver trusts it, whether flags or a file say
//! so.

use inventory::{Component, Object};
use tree::{Path, Tree};

use super::cel::{Expr, parse};
use crate::{About, Problem, Seen};

/// An issuer whose tokens are taken.
#[derive(Debug)]
pub(crate) struct Issuer<'s> {
    /// Its URL, as tokens name it.
    pub(crate) url: &'s str,
    /// Where its keys are looked up, if somewhere else.
    pub(crate) discovery: Option<&'s str>,
    /// Whom its tokens must be for.
    pub(crate) audiences: Vec<&'s str>,
    /// What becomes the user's name.
    pub(crate) username: Mapping,
    /// What become the user's groups.
    pub(crate) groups: Mapping,
    /// Expressions for further facts of the user.
    pub(crate) extra: Vec<Rule>,
    /// Claims that must have a value.
    pub(crate) required: Vec<(String, String)>,
    /// Rules about claims.
    pub(crate) claim_rules: Vec<Rule>,
    /// Rules about the user that was made of them.
    pub(crate) user_rules: Vec<Rule>,
    by: By<'s>,
}

/// What becomes of claims.
#[derive(Debug, PartialEq)]
pub(crate) enum Mapping {
    /// Nothing.
    Absent,
    /// A claim, with a text before it.
    Claim {
        /// The claim.
        claim: String,
        /// The text.
        prefix: String,
    },
    /// What an expression makes.
    Expression(Rule),
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// As it is written.
    pub(crate) text: String,
    /// As it is read; none if it could not be.
    pub(crate) expr: Option<Expr>,
}

/// What says so.
#[derive(Debug, Clone)]
enum By<'s> {
    Flags(&'s Component),
    Config(&'s Object, Path),
}

impl Rule {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned(), expr: parse(text) }
    }
}

impl<'s> Issuer<'s> {
    /// The issuer that flags name.
    pub(crate) fn of_flags(component: &'s Component) -> Option<Self> {
        let flags = &component.flags;
        let given = |name: &str| flags.value(name).filter(|value| !value.is_empty());
        let url = given("oidc-issuer-url")?;
        let claim = given("oidc-username-claim").unwrap_or("sub").to_owned();
        let prefix = match given("oidc-username-prefix") {
            Some("-") => String::new(),
            Some(prefix) => prefix.to_owned(),
            None if claim == "email" => String::new(),
            None => format!("{url}#"),
        };
        let groups = given("oidc-groups-claim").map_or(Mapping::Absent, |claim| Mapping::Claim {
            claim: claim.to_owned(),
            prefix: given("oidc-groups-prefix").unwrap_or_default().to_owned(),
        });
        let required = flags.values("oidc-required-claim").filter_map(|one| one.split_once('='));
        Some(Self {
            url,
            discovery: None,
            audiences: given("oidc-client-id").into_iter().collect(),
            username: Mapping::Claim { claim, prefix },
            groups,
            extra: Vec::new(),
            required: required.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            claim_rules: Vec::new(),
            user_rules: Vec::new(),
            by: By::Flags(component),
        })
    }

    /// The issuers that an `AuthenticationConfiguration` names.
    pub(crate) fn of_config(config: &'s Object) -> Vec<Self> {
        let items = config.tree().get("jwt").items();
        items.iter().enumerate().map(|(index, one)| Self::of_item(config, index, one)).collect()
    }

    fn of_item(config: &'s Object, index: usize, item: &'s Tree) -> Self {
        let issuer = item.get("issuer");
        let mappings = item.get("claimMappings");
        let rules = item.get("claimValidationRules").items();
        let required = rules.iter().filter_map(|rule| {
            let value = rule.get("requiredValue").plain().unwrap_or_default();
            Some((rule.get("claim").text()?.to_owned(), value))
        });
        let extra = mappings.get("extra").items().iter().map(|one| one.get("valueExpression"));
        Self {
            url: issuer.get("url").str(),
            discovery: issuer.get("discoveryURL").text(),
            audiences: issuer.get("audiences").texts().collect(),
            username: mapping(mappings.get("username")),
            groups: mapping(mappings.get("groups")),
            extra: extra.filter_map(Tree::text).map(Rule::of).collect(),
            required: required.filter(|(claim, _)| !claim.is_empty()).collect(),
            claim_rules: expressions(rules),
            user_rules: expressions(item.get("userValidationRules").items()),
            by: By::Config(config, Path::of(&["jwt"]).then(index)),
        }
    }

    /// Whether a file says so.
    pub(crate) fn is_structured(&self) -> bool {
        match self.by {
            By::Flags(_) => false,
            By::Config(..) => true,
        }
    }

    /// Where a field of it stands, if a file says so.
    pub(crate) fn path(&self, keys: &[&str]) -> Option<Path> {
        match &self.by {
            By::Flags(_) => None,
            By::Config(_, path) => Some(path.join(keys)),
        }
    }

    /// The process that flags say it to.
    pub(crate) fn component(&self) -> Option<&'s Component> {
        match &self.by {
            By::Flags(component) => Some(component),
            By::Config(..) => None,
        }
    }

    /// A problem with it: at a field where a file says so, else at a flag.
    pub(crate) fn place(
        &self,
        seen: &Seen<'_>,
        problem: Problem,
        keys: &[&str],
        flag: &str,
    ) -> Problem {
        let detail = format!("{} {}", self.url, problem.detail);
        let problem = problem.detail(detail.trim());
        match &self.by {
            By::Flags(component) => {
                let problem = problem.about(About::component(component, seen.inventory()));
                let at =
                    component.flags.get(flag).or_else(|| component.flags.get("oidc-issuer-url"));
                match at.and_then(|flag| flag.path.clone()) {
                    Some(path) => problem.at(path),
                    None => problem,
                }
            }
            By::Config(object, path) => problem.about(About::object(object)).at(path.join(keys)),
        }
    }
}

fn mapping(tree: &Tree) -> Mapping {
    let text = |key: &str| tree.get(key).text().filter(|text| !text.is_empty());
    match (text("expression"), text("claim")) {
        (Some(expression), _) => Mapping::Expression(Rule::of(expression)),
        (None, Some(claim)) => {
            Mapping::Claim { claim: claim.to_owned(), prefix: tree.get("prefix").str().to_owned() }
        }
        (None, None) => Mapping::Absent,
    }
}

fn expressions(rules: &[Tree]) -> Vec<Rule> {
    rules.iter().filter_map(|rule| rule.get("expression").text()).map(Rule::of).collect()
}
