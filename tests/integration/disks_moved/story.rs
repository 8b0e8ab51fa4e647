//! The accident that the Azure documents warn of, and the way out, as a user would run it: attach, a Storage
//! vMotion of the master target, locate, restore, detach.

use integration_tests::Lab;
use mocks::Value;

use super::{APP_01, device_paths, ledger, relocate};

const TARGET: &str = "mt-linux-01";
const BEFORE: &str = "[gold-01] app-01/app-01.vmdk";
const AFTER: &str = "[silver-01] mt-linux-01/mt-linux-01_2.vmdk";

#[test]
fn attach_move_locate_restore_detach() {
    let lab = Lab::start("disks");
    let attach = [
        "disks", "attach", TARGET, "--vm", "app-01", "app-02", "--yes",
    ];
    lab.esxtool(attach).run().expect(0);
    assert_eq!(ledger(&lab, TARGET).len(), 4);
    lab.esxtool(["disks", "locate", TARGET])
        .run()
        .expect(0)
        .prints(["4 as recorded", BEFORE]);

    relocate(&lab, TARGET, "silver-01");

    let list = lab.esxtool(["disks", "list", TARGET]).run().expect(0);
    list.prints(["ATTACHED AS", AFTER]);
    let checked = lab.esxtool(["check", TARGET]).run().expect(1);
    checked.prints([
        "attached-disks-as-recorded",
        "esxtool disks locate",
        "esxtool disks restore",
    ]);
    let located = lab.esxtool(["disks", "locate", TARGET]).run().expect(1);
    located.prints([APP_01, BEFORE, AFTER, "esxtool disks restore mt-linux-01"]);
    // The devices tell where the disks are, so no datastore is searched.
    assert!(!located.stdout.contains("Searched"), "{located}");
    // A disk that was moved is not let go: its own VM would not find it.
    lab.esxtool(["disks", "detach", TARGET, "--vm", "app-01", "--yes"])
        .run()
        .expect(1)
        .prints(["give it back with 'esxtool disks restore' first"]);

    let changes = lab.changes().len();
    let dry = lab
        .esxtool(["disks", "restore", TARGET, "--dry-run"])
        .run()
        .expect(0);
    dry.prints([
        "Give the disk at 0:0 back to app-01",
        BEFORE,
        AFTER,
        "nothing was changed",
    ]);
    assert_eq!(lab.changes().len(), changes);
    let restored = lab
        .esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(0);
    restored.prints(["done", "4 as recorded"]);
    assert_eq!(device_paths(&lab, "app-01"), [AFTER]);
    let theirs = device_paths(&lab, "app-02");
    assert_eq!(theirs.len(), 3);
    // What lay on the target datastore already did not move.
    assert_eq!(
        theirs
            .iter()
            .filter(|path| path.contains("mt-linux-01"))
            .count(),
        1
    );
    let all = ledger(&lab, TARGET);
    assert_eq!(all.len(), 4);
    assert!(all.iter().any(|(key, value)| key.ends_with(APP_01)
        && value.contains("path=[silver-01]%20mt-linux-01/mt-linux-01_2.vmdk")));
    // The master target keeps what it has.
    assert!(device_paths(&lab, TARGET).iter().any(|path| path == AFTER));
    lab.esxtool(["disks", "locate", TARGET]).run().expect(0);

    let changes = lab.changes().len();
    let again = lab
        .esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(0);
    again.prints(["Nothing to do."]);
    assert_eq!(lab.changes().len(), changes, "{again}");

    lab.esxtool(["disks", "detach", TARGET, "--all", "--yes"])
        .run()
        .expect(0);
    assert_eq!(ledger(&lab, TARGET), []);
    assert_eq!(device_paths(&lab, TARGET).len(), 2);
    // The proof that nothing was lost: the VMs start from the files that they name now.
    for vm in ["app-01", "app-02"] {
        super::power_on(&lab, vm);
        let moref = lab.server().find("VirtualMachine", vm).unwrap();
        let state = lab.server().value(&moref, "runtime.powerState");
        assert_eq!(state.as_ref().and_then(Value::as_str), Some("poweredOn"));
    }
}
