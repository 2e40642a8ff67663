package io.stele.storage.file.sim;

/** Decides the fate of each call to a {@link SimDisk}. Must be deterministic if runs are to be replayed. */
@FunctionalInterface
public interface FaultPlan {
    /** No faults. */
    FaultPlan NONE = (call, operation, name) -> DiskFault.NONE;

    /**
     * Asked before the call is carried out.
     *
     * @param call number of the call since the disk was made or its count was reset, from 1
     * @param name the file concerned; empty for calls that concern none
     */
    DiskFault onCall(long call, DiskOperation operation, String name);

    /** One fault at one call. */
    static FaultPlan at(long faultyCall, DiskFault fault) {
        return (call, operation, name) -> call == faultyCall ? fault : DiskFault.NONE;
    }
}
