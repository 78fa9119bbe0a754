using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class PeerTests
{
    [Fact]
    public void Gather_NamedAndUnnamed_GroupsByNameInOrder()
    {
        IReadOnlyList<Peer> peers = Peer.Gather(["/old/llama-bench", "new=/new/llama-bench"], ["new=/new/batched"], ["/a=b/llama-cli"], ["new=-mmp 0 --poll 0"], ["-fa on"]);
        Assert.Equal(["llama.cpp", "new"], peers.Select(p => p.Name));
        Assert.Equal(("/old/llama-bench", null, "/a=b/llama-cli"), (peers[0].Bench, peers[0].BatchedBench, peers[0].Cli));
        Assert.Equal(["-fa", "on"], peers[0].CommonArguments);
        Assert.Equal(("/new/llama-bench", "/new/batched", null), (peers[1].Bench, peers[1].BatchedBench, peers[1].Cli));
        Assert.Equal(["-mmp", "0", "--poll", "0"], peers[1].Arguments);
    }

    [Fact]
    public void Gather_ArgumentsWithoutProgram_Refused() => Assert.Throws<ArgumentException>(() => Peer.Gather(["a"], [], [], ["other=-mmp 0"], []));
}
