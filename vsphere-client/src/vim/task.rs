//! Tasks: work that the server does on its own time.

use jiff::Timestamp;

use super::{AnyValue, ManagedObjectReference, MethodFault};
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Writer};
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// What is known of a task (`Task.info`).
    pub struct TaskInfo = "TaskInfo" {
        /// Its key, equal to the reference's value.
        key: String = "key",
        /// The task.
        task: ManagedObjectReference = "task",
        /// The method, as `ReconfigVM_Task`.
        name: Option<String> = "name",
        /// The kind of work, `VirtualMachine.reconfigure`.
        description_id: Option<String> = "descriptionId",
        /// The object it works on.
        entity: Option<ManagedObjectReference> = "entity",
        /// That object's name.
        entity_name: Option<String> = "entityName",
        /// Queued, running, or how it ended.
        state: TaskInfoState = "state",
        /// Whether it was cancelled; it then ends with `error`.
        cancelled: Option<bool> = "cancelled",
        /// Whether cancelling is possible now.
        cancelable: Option<bool> = "cancelable",
        /// Why it failed.
        error: Option<MethodFault> = "error",
        /// What it made.
        result: Option<AnyValue> = "result",
        /// Percent done, while it runs and reports any.
        progress: Option<i32> = "progress",
        /// Who or what started it.
        reason: Option<TaskReason> = "reason",
        /// When it was asked for, by the server's clock.
        queue_time: Option<Timestamp> = "queueTime",
        /// When it began; unset while it is queued.
        start_time: Option<Timestamp> = "startTime",
        /// When it ended; unset before.
        complete_time: Option<Timestamp> = "completeTime",
    }
}

impl TaskInfo {
    /// The user who started it, as `DOMAIN\user`; `None` when it was not a user.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match &self.reason {
            Some(TaskReason::User { user_name }) => user_name.as_deref(),
            _ => None,
        }
    }
}

/// Who or what started a task (`Task.info.reason`).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TaskReason {
    /// `TaskReasonUser`: a user, by a call of the API.
    User {
        /// Who, as `DOMAIN\user`.
        user_name: Option<String>,
    },
    /// `TaskReasonSchedule`: a scheduled task.
    Schedule {
        /// Its name.
        name: Option<String>,
        /// The scheduled task.
        scheduled_task: Option<ManagedObjectReference>,
    },
    /// `TaskReasonAlarm`: an alarm that went off.
    Alarm {
        /// Its name.
        alarm_name: Option<String>,
        /// The alarm.
        alarm: Option<ManagedObjectReference>,
        /// The name of the object that it watches.
        entity_name: Option<String>,
        /// The object that it watches.
        entity: Option<ManagedObjectReference>,
    },
    /// `TaskReasonSystem`: the server itself.
    System,
    /// A kind that nobody here knows, as it came.
    Other(RawElement),
}

impl Decode for TaskReason {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let raw = reader.raw(start)?;
        // Nobody should lose a task over what started it: what does not fit is left out.
        let text = |name: &str| raw.child_text(name).map(str::to_owned);
        let reference = |name: &str| raw.child(name)?.decode_as().ok();
        Ok(match raw.type_name.as_deref() {
            Some("TaskReasonUser") => Self::User {
                user_name: text("userName"),
            },
            Some("TaskReasonSchedule") => Self::Schedule {
                name: text("name"),
                scheduled_task: reference("scheduledTask"),
            },
            Some("TaskReasonAlarm") => Self::Alarm {
                alarm_name: text("alarmName"),
                alarm: reference("alarm"),
                entity_name: text("entityName"),
                entity: reference("entity"),
            },
            Some("TaskReasonSystem") => Self::System,
            _ => Self::Other(raw),
        })
    }
}

impl Encode for TaskReason {
    fn encode(&self, writer: &mut Writer, name: &str) {
        let kind = match self {
            Self::User { .. } => "TaskReasonUser",
            Self::Schedule { .. } => "TaskReasonSchedule",
            Self::Alarm { .. } => "TaskReasonAlarm",
            Self::System => "TaskReasonSystem",
            Self::Other(raw) => return raw.encode(writer, name),
        };
        writer.set_type(kind);
        writer.open(name);
        match self {
            Self::User { user_name } => user_name.encode(writer, "userName"),
            Self::Schedule {
                name,
                scheduled_task,
            } => {
                name.encode(writer, "name");
                scheduled_task.encode(writer, "scheduledTask");
            }
            Self::Alarm {
                alarm_name,
                alarm,
                entity_name,
                entity,
            } => {
                alarm_name.encode(writer, "alarmName");
                alarm.encode(writer, "alarm");
                entity_name.encode(writer, "entityName");
                entity.encode(writer, "entity");
            }
            Self::System | Self::Other(_) => {}
        }
        writer.close();
    }
}

wire_enum! {
    /// How far a task is (`Task.info.state`).
    pub enum TaskInfoState = "TaskInfoState" {
        /// Waiting for its turn.
        Queued = "queued",
        /// At work.
        Running = "running",
        /// Done.
        Success = "success",
        /// Failed or cancelled.
        Error = "error",
    }
}

impl TaskInfoState {
    /// Whether the task has ended. An unknown state has not.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Success | Self::Error)
    }
}
