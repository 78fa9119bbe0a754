namespace WasmChord.Memory64.Tests;

/// <summary>Splits each read into small ones and makes them from eight threads at once.</summary>
internal sealed unsafe class ScatteringStorage(IStorage inner, int pieceBytes) : IStorage
{
    public string Name => inner.Name;

    public StorageMode Mode => inner.Mode;

    public long Length => inner.Length;

    public StorageIdentity Identity => inner.Identity;

    public long BufferBytes => inner.BufferBytes;

    public long MaxBufferBytes => inner.MaxBufferBytes;

    public void Read(long fileOffset, byte* destination, long byteLength)
    {
        int next = -1;
        Exception? failure = null;
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                try
                {
                    for (long at; (at = (long)Interlocked.Increment(ref next) * pieceBytes) < byteLength;)
                        inner.Read(fileOffset + at, destination + at, Math.Min(pieceBytes, byteLength - at));
                }
                catch (Exception e)
                {
                    failure = e;
                }
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        if (failure is not null) throw new AggregateException(failure);
    }

    public StorageIdentity Stat() => inner.Stat();

    public void EnsureUnchanged() => inner.EnsureUnchanged();

    public void Dispose()
    {
    }
}
