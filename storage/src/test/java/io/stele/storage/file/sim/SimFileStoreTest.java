package io.stele.storage.file.sim;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.FileStoreContract;

class SimFileStoreTest extends FileStoreContract {
    private final SimDisk disk = new SimDisk().quota(1 << 30);

    @Override
    protected FileStore openStore() {
        return disk.mount();
    }
}
