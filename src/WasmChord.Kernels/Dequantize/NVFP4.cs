namespace WasmChord.Kernels;

/// <summary>Four-bit floats with E4M3 scales: see <see cref="BlockNVFP4"/>.</summary>
internal static unsafe partial class NVFP4
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockNVFP4*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 64)
        {
            for (int part = 0; part < 4; part++)
            {
                float d = MicroscalingFloats.HalfOfUE4M3(block->D[part]);
                for (int i = 0; i < 8; i++)
                {
                    byte codes = block->Qs[8 * part + i];
                    destination[16 * part + i] = MicroscalingFloats.DoubledE2M1[codes & 15] * d;
                    destination[16 * part + i + 8] = MicroscalingFloats.DoubledE2M1[codes >> 4] * d;
                }
            }
        }
    }
}
