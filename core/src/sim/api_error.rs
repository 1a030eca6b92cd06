//! What the API server refuses, in the words that kubectl prints.

use crate::api::Name;
use crate::api::field_error::{FieldError, invalid_message};

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The object does not exist.
    #[error("Error from server (NotFound): {resource} \"{name}\" not found")]
    NotFound {
        /// Plural with its group (`daemonsets.apps`).
        resource: &'static str,
        /// The name asked for.
        name: Name,
    },
    /// An object of that name exists.
    #[error("Error from server (AlreadyExists): {resource} \"{name}\" already exists")]
    AlreadyExists {
        /// Plural with its group.
        resource: &'static str,
        /// The name asked for.
        name: Name,
    },
    /// The object is malformed.
    #[error("{}", invalid_message(kind, name, errors))]
    Invalid {
        /// `DaemonSet`.
        kind: &'static str,
        /// The object's name.
        name: Name,
        /// Every fault.
        errors: Vec<FieldError>,
    },
    /// The request cannot be read.
    #[error("Error from server (BadRequest): {0}")]
    BadRequest(String),
    /// Admission refused it.
    #[error("Error from server (Forbidden): {0}")]
    Forbidden(String),
    /// A budget is used up.
    #[error("Error from server (TooManyRequests): {0}")]
    TooManyRequests(String),
    /// The server cannot do it.
    #[error("Error from server (InternalError): {0}")]
    Internal(String),
    /// kubectl itself refuses to send the request.
    #[error("error: {0}")]
    Client(String),
}
