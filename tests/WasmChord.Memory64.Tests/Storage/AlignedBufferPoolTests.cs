namespace WasmChord.Memory64.Tests;

public sealed unsafe class AlignedBufferPoolTests
{
    [Fact]
    public void Rent_EveryBufferOut_WaitsForAReturn()
    {
        using AlignedBufferPool pool = new(8192, 4096, 2);
        byte* a = pool.Rent(), b = pool.Rent();
        Assert.True(a != b);
        Assert.Equal(0, (long)a % 4096);
        Assert.Equal(16384, pool.HeldBytes);
        byte* third = null;
        Thread waiter = new(() => third = pool.Rent());
        waiter.Start();
        pool.Return(b);
        waiter.Join();
        Assert.True(third == b);
        Assert.Equal(pool.MaxBytes, pool.HeldBytes);
        pool.Return(a);
        pool.Return(third);
    }

    [Fact]
    public void Dispose_BufferOut_FreesItOnReturn()
    {
        AlignedBufferPool pool = new(4096, 4096, 2);
        byte* rented = pool.Rent();
        pool.Return(pool.Rent());
        Assert.Equal(8192, pool.HeldBytes);
        pool.Dispose();
        Assert.Equal(4096, pool.HeldBytes);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
        pool.Return(rented);
        Assert.Equal(0, pool.HeldBytes);
    }
}
